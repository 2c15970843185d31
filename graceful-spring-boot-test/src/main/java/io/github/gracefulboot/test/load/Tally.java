package io.github.gracefulboot.test.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts what becomes of the requests of all connections of a load.
 */
final class Tally {

	private final List<Failure> failures = new ArrayList<>();

	private final List<Duration> latencies = new ArrayList<>();

	synchronized void succeeded(Duration latency) {
		this.latencies.add(latency);
	}

	synchronized void failed(Failure failure) {
		this.failures.add(failure);
	}

	synchronized long total() {
		return this.latencies.size() + this.failures.size();
	}

	synchronized LoadReport report(Load load, Duration elapsed) {
		List<Duration> sorted = this.latencies.stream().sorted().toList();
		return new LoadReport(load, total(), List.copyOf(this.failures), elapsed, quantile(sorted, 0.99),
				quantile(sorted, 1));
	}

	private Duration quantile(List<Duration> sorted, double quantile) {
		if (sorted.isEmpty()) {
			return Duration.ZERO;
		}
		return sorted.get((int) Math.ceil(quantile * sorted.size()) - 1);
	}

}
