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
 * @param successes those that were answered, in the order of their answers
 * @param failures those that failed, oldest first
 * @param elapsed how long it took
 */
public record LoadReport(Load load, List<Success> successes, List<Failure> failures, Duration elapsed) {

	private static final int SHOWN = 20;

	public long total() {
		return ok() + failed();
	}

	public long failed() {
		return this.failures.size();
	}

	public long ok() {
		return this.successes.size();
	}

	public double throughput() {
		return ok() / (this.elapsed.toMillis() / 1000.0);
	}

	public Duration max() {
		return latency(1);
	}

	/**
	 * Returns a latency that a share of the successful requests did not exceed.
	 * @param quantile the share, from 0 to 1
	 * @return the latency, zero if there are no such requests
	 */
	public Duration latency(double quantile) {
		List<Duration> sorted = this.successes.stream().map(Success::latency).sorted().toList();
		return sorted.isEmpty() ? Duration.ZERO
				: sorted.get(Math.max(0, (int) Math.ceil(quantile * sorted.size()) - 1));
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
		return "%s: total=%d failed=%d %s throughput=%.0f/s p99=%dms max=%dms".formatted(this.load, total(), failed(),
				failedByLabel(), throughput(), latency(0.99).toMillis(), max().toMillis());
	}

}
