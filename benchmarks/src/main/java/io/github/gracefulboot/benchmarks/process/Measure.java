package io.github.gracefulboot.benchmarks.process;

import java.util.function.ToDoubleFunction;

/**
 * What of a {@link Run} is compared, and what the comparison has to show.
 */
enum Measure {

	START("time to start, ms", Run::startMillis, 1.03, false),

	START_CPU("CPU time of a start, ms", Run::startCpuMillis, 1.03, false),

	YOUNG("requests a second at first", Run::youngThroughput, Double.NaN, true),

	THROUGHPUT("requests a second", Run::throughput, 0.98, true),

	P99("p99, µs", Run::p99Micros, 1.02, false),

	HEAP("live heap after the load, KB", Run::heapKilobytes, Double.NaN, false),

	EXIT("from the last response to the exit, ms", Run::exitMillis, 1.0, false);

	private final String title;

	private final ToDoubleFunction<Run> value;

	private final double bar;

	private final boolean moreIsBetter;

	Measure(String title, ToDoubleFunction<Run> value, double bar, boolean moreIsBetter) {
		this.title = title;
		this.value = value;
		this.bar = bar;
		this.moreIsBetter = moreIsBetter;
	}

	double of(Run run) {
		return this.value.applyAsDouble(run);
	}

	/**
	 * Says what is wanted.
	 * @return the bar
	 */
	String bar() {
		return Double.isNaN(this.bar) ? "" : (this.moreIsBetter ? "≥ " : "≤ ") + this.bar;
	}

	@Override
	public String toString() {
		return this.title;
	}

}
