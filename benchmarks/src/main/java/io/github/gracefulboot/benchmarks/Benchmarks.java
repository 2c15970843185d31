package io.github.gracefulboot.benchmarks;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

import io.github.gracefulboot.benchmarks.growth.Growth;
import io.github.gracefulboot.benchmarks.process.Processes;
import io.github.gracefulboot.benchmarks.request.Requests;
import io.github.gracefulboot.benchmarks.sleep.Sleeps;

/**
 * Runs what {@code benchmarks/README.md} describes.
 */
public final class Benchmarks {

	private static final Map<String, Benchmark> COMMANDS = new TreeMap<>(Map.of("growth", Growth::run, "processes",
			Processes::run, "requests", Requests::run, "sleeps", Sleeps::run));

	private Benchmarks() {
	}

	/**
	 * Runs a benchmark.
	 * @param args its name, and options of its own
	 * @throws Exception if it cannot be run
	 */
	public static void main(String[] args) throws Exception {
		Benchmark benchmark = (args.length > 0) ? COMMANDS.get(args[0]) : null;
		if (benchmark == null) {
			System.err.println("Usage: benchmarks/run " + String.join("|", COMMANDS.keySet()) + " [--short]");
			System.exit(2);
			return;
		}
		benchmark.run(new Options(Arrays.asList(args).subList(1, args.length)));
		// The clients' threads are not waited for
		System.exit(0);
	}

	@FunctionalInterface
	private interface Benchmark {

		void run(Options options) throws Exception;

	}

}
