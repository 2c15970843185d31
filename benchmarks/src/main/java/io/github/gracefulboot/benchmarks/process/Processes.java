package io.github.gracefulboot.benchmarks.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.github.gracefulboot.benchmarks.Options;
import io.github.gracefulboot.benchmarks.Results;

/**
 * Whole processes in turns: plain Spring Boot, the same once more as a control, the
 * starter, and the starter with {@code graceful.enabled=false}.
 */
public final class Processes {

	private static final Duration LONGEST_RUN = Duration.ofSeconds(75);

	private static final int TURNS = 12;

	private static final int REQUESTS = 40_000;

	/**
	 * How often plain Spring Boot looks whether a request is in flight.
	 */
	private static final int SPREAD_MILLIS = 50;

	private static final int SLOW_MILLIS = 1000;

	private final Map<Variant, List<Run>> runs = new EnumMap<>(Variant.class);

	private Processes() {
		for (Variant variant : Variant.values()) {
			this.runs.put(variant, new ArrayList<>());
		}
	}

	/**
	 * Measures them.
	 * @param options {@code --turns}, {@code --requests} of the load at first and once
	 * more after ten times as many, and {@code --jvm}
	 * @throws Exception if they cannot be measured
	 */
	public static void run(Options options) throws Exception {
		int turns = options.number("turns", options.isShort() ? 2 : TURNS);
		int requests = options.number("requests", options.isShort() ? 2000 : REQUESTS);
		Results results = new Results("processes", LONGEST_RUN.multipliedBy((long) Variant.values().length * turns), "",
				"variant", "median", "ratio to plain, median", "least", "most", "bar");
		Processes processes = new Processes();
		for (int turn = 0; turn < turns; turn++) {
			processes.turn(turn, options.list("jvm"), requests, SLOW_MILLIS + turn * SPREAD_MILLIS / turns, results);
		}
		for (Measure measure : Measure.values()) {
			for (Variant variant : Variant.values()) {
				processes.report(measure, variant, results);
			}
		}
		results.write();
	}

	private void turn(int turn, List<String> jvm, int requests, int slowMillis, Results results) throws Exception {
		List<Variant> order = new ArrayList<>(Arrays.asList(Variant.values()));
		if (turn % 2 == 1) {
			// What comes first is favored
			Collections.reverse(order);
		}
		for (Variant variant : order) {
			Path log = results.path("%s-%d-%d.log".formatted(variant, turn, System.currentTimeMillis()));
			Run run = Run.of(variant, jvm, requests, slowMillis, log);
			System.out.printf("turn %d: %-8s %s%n", turn + 1, variant, run);
			this.runs.get(variant).add(run);
		}
	}

	private void report(Measure measure, Variant variant, Results results) {
		List<Run> plain = this.runs.get(Variant.PLAIN);
		List<Run> own = this.runs.get(variant);
		double[] values = own.stream().mapToDouble(measure::of).sorted().toArray();
		double[] ratios = new double[own.size()];
		for (int i = 0; i < ratios.length; i++) {
			ratios[i] = measure.of(own.get(i)) / measure.of(plain.get(i));
		}
		Arrays.sort(ratios);
		results.row(measure, variant, "%,.0f".formatted(median(values)), "%.3f".formatted(median(ratios)),
				"%.3f".formatted(ratios[0]), "%.3f".formatted(ratios[ratios.length - 1]),
				(variant == Variant.WITH) ? measure.bar() : "");
	}

	private static double median(double[] sorted) {
		int middle = sorted.length / 2;
		return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	}

}
