package io.github.gracefulboot.test.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What became of the requests of a {@link Load}.
 *
 * @param load what was sent
 * @param total how many requests were sent
 * @param failures those that failed, oldest first
 * @param elapsed how long it took
 * @param p99 the latency that 99 of 100 successful requests did not exceed
 * @param max the longest latency of a successful request
 */
public record LoadReport(Load load, long total, List<Failure> failures, Duration elapsed, Duration p99, Duration max) {

	private static final int SHOWN = 20;

	public long failed() {
		return this.failures.size();
	}

	public long ok() {
		return this.total - failed();
	}

	public double throughput() {
		return ok() / (this.elapsed.toMillis() / 1000.0);
	}

	public Map<String, Long> failedByLabel() {
		return this.failures.stream()
			.collect(Collectors.groupingBy(Failure::label, TreeMap::new, Collectors.counting()));
	}

	public String describeFailures() {
		return this.failures.stream().limit(SHOWN).map(Failure::toString).collect(Collectors.joining("\n"));
	}

	@Override
	public String toString() {
		return "%-15s total=%d failed=%d %s throughput=%.0f/s p99=%dms max=%dms".formatted(this.load.name(), this.total,
				failed(), failedByLabel(), throughput(), this.p99.toMillis(), this.max.toMillis());
	}

}
