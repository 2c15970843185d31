package io.github.gracefulboot.test.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Options of a command line: {@code --name value} or {@code --name=value}, and switches
 * without a value.
 */
final class Options {

	private final Map<String, List<String>> values = new LinkedHashMap<>();

	private Options() {
	}

	/**
	 * Reads a command line.
	 * @param args what was written
	 * @param names the options that have a value
	 * @param switches the options that have none
	 * @return the options
	 */
	static Options parse(String[] args, Set<String> names, Set<String> switches) {
		Options options = new Options();
		for (int i = 0; i < args.length; i++) {
			String[] option = args[i].split("=", 2);
			if (switches.contains(option[0]) && option.length == 1) {
				options.add(option[0], "");
			}
			else if (!names.contains(option[0])) {
				throw new IllegalArgumentException("There is no option " + args[i]);
			}
			else if (option.length == 2) {
				options.add(option[0], option[1]);
			}
			else if (i + 1 < args.length) {
				options.add(option[0], args[++i]);
			}
			else {
				throw new IllegalArgumentException(option[0] + " needs a value");
			}
		}
		return options;
	}

	private void add(String name, String value) {
		this.values.computeIfAbsent(name, (key) -> new ArrayList<>()).add(value);
	}

	boolean has(String name) {
		return this.values.containsKey(name);
	}

	List<String> all(String name) {
		return this.values.getOrDefault(name, List.of());
	}

	Optional<String> last(String name) {
		List<String> all = all(name);
		return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
	}

	/**
	 * Reads a value.
	 * @param name of the option
	 * @param parse reads it
	 * @param <T> what it is
	 * @return the value, empty if the option is not there
	 */
	<T> Optional<T> last(String name, Function<String, T> parse) {
		return last(name).map((value) -> {
			try {
				return parse.apply(value);
			}
			catch (RuntimeException ex) {
				throw new IllegalArgumentException("%s %s cannot be read: %s".formatted(name, value, ex.getMessage()),
						ex);
			}
		});
	}

}
