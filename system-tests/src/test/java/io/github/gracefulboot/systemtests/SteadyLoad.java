package io.github.gracefulboot.systemtests;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import org.awaitility.Awaitility;

/**
 * Load from before the first restart until after the last.
 */
final class SteadyLoad implements AutoCloseable {

	/**
	 * So much is served, on every kind of load, before the first and after the last stop.
	 */
	private static final int STEADY_REQUESTS = 40;

	private static final Duration LONGER_THAN_A_START = Duration.ofSeconds(60);

	private final List<LoadClient> clients;

	private SteadyLoad(List<LoadClient> clients) {
		this.clients = clients;
	}

	/**
	 * Starts it, and returns when it runs.
	 */
	static SteadyLoad start(List<Load> kinds, int port) {
		SteadyLoad load = new SteadyLoad(kinds.stream().map((kind) -> LoadClient.start(kind, port)).toList());
		load.awaitMore();
		return load;
	}

	/**
	 * Waits until so much more is served on each kind of load.
	 */
	void awaitMore() {
		long[] wanted = this.clients.stream().mapToLong((client) -> client.total() + STEADY_REQUESTS).toArray();
		Awaitility.await("%d more requests of each kind".formatted(STEADY_REQUESTS))
			.atMost(LONGER_THAN_A_START)
			.until(() -> IntStream.range(0, wanted.length).allMatch((i) -> this.clients.get(i).total() >= wanted[i]));
	}

	/**
	 * Ends it after some more requests.
	 */
	List<LoadReport> stop() {
		awaitMore();
		return this.clients.stream().map(LoadClient::stop).toList();
	}

	/**
	 * Returns the longest that a request takes while nothing happens, in milliseconds.
	 */
	static long longestWait(List<Load> kinds, int port) {
		try (SteadyLoad load = start(kinds, port)) {
			return load.stop().stream().mapToLong((report) -> report.max().toMillis()).max().orElseThrow();
		}
	}

	static long total(List<LoadReport> reports) {
		return reports.stream().mapToLong(LoadReport::total).sum();
	}

	static long failed(List<LoadReport> reports) {
		return reports.stream().mapToLong(LoadReport::failed).sum();
	}

	static List<String> failures(List<LoadReport> reports) {
		return reports.stream().filter((report) -> report.failed() > 0).map(LoadReport::describeFailures).toList();
	}

	@Override
	public void close() {
		this.clients.forEach(LoadClient::close);
	}

}
