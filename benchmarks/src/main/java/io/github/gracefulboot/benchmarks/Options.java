package io.github.gracefulboot.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The options of a benchmark.
 */
public final class Options {

	private final List<String> arguments;

	Options(List<String> arguments) {
		this.arguments = arguments;
		for (String argument : arguments) {
			if (!argument.startsWith("--")) {
				throw new IllegalArgumentException(
						"Options begin with --, such as --short, unlike '%s'".formatted(argument));
			}
		}
	}

	/**
	 * Returns whether to show only that it works.
	 * @return whether {@code --short} was given
	 */
	public boolean isShort() {
		return this.arguments.contains("--short");
	}

	/**
	 * Returns the value of an option.
	 * @param name such as {@code turns} for {@code --turns=12}
	 * @param usual the value unless it is given
	 * @return the value
	 */
	public int number(String name, int usual) {
		return find(name).map(Integer::parseInt).orElse(usual);
	}

	/**
	 * Returns the values of an option.
	 * @param name such as {@code jvm} for {@code --jvm=-Xint,-Xmx256m}
	 * @return the values, which are separated by commas
	 */
	public List<String> list(String name) {
		return find(name).map((value) -> Arrays.asList(value.split(","))).orElse(List.of());
	}

	private Optional<String> find(String name) {
		String prefix = "--" + name + "=";
		return this.arguments.stream()
			.filter((argument) -> argument.startsWith(prefix))
			.map((argument) -> argument.substring(prefix.length()))
			.reduce((first, second) -> second);
	}

}
