package io.github.gracefulboot.systemtests;

import java.util.List;

import io.github.gracefulboot.systemtests.load.LoadClient;
import io.github.gracefulboot.systemtests.load.LoadReport;
import io.github.gracefulboot.systemtests.load.Traffic;
import org.awaitility.Awaitility;

/**
 * Load from before the first restart until after the last.
 */
final class SteadyLoad implements AutoCloseable {

	/**
	 * So much is served, on every kind of load, before the first and after the last stop.
	 */
	private static final int STEADY_REQUESTS = 100;

	private final List<LoadClient> clients;

	private SteadyLoad(List<LoadClient> clients) {
		this.clients = clients;
	}

	/**
	 * Starts it, and returns when it runs.
	 */
	static SteadyLoad start(Traffic traffic, int port) {
		SteadyLoad load = new SteadyLoad(traffic.loads().stream().map((kind) -> LoadClient.start(kind, port)).toList());
		load.awaitMore();
		return load;
	}

	private void awaitMore() {
		for (LoadClient client : this.clients) {
			long wanted = client.total() + STEADY_REQUESTS;
			Awaitility.await("%d more requests".formatted(STEADY_REQUESTS)).until(() -> client.total() >= wanted);
		}
	}

	/**
	 * Ends it after some more requests.
	 */
	List<LoadReport> stop() {
		awaitMore();
		return this.clients.stream().map(LoadClient::stop).toList();
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
