package io.github.gracefulboot.systemtests;

import java.time.Duration;
import java.util.Map;

import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.http.HttpMessage;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Exit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the tests of the table of faults have in common.
 */
final class Faults {

	/**
	 * The budget of those that spend it.
	 */
	static final String BUDGET = "--graceful.shutdown.timeout=5s";

	/**
	 * Far below what hangs, however busy the machine is.
	 */
	private static final Duration IN_TIME = Duration.ofSeconds(15);

	private Faults() {
	}

	/**
	 * Sends one request that is served for two seconds, and waits until it has begun.
	 */
	static LoadClient request(AppProcess process) {
		LoadClient client = LoadClient.start(Load.of("POST", "/slow?ms=2000", true, 1).withMaxRequests(1),
				process.port());
		process.awaitLog("Slow request of 2000 ms begins");
		return client;
	}

	static LoadClient request(AppProcess process, String path, String sign) {
		LoadClient client = LoadClient.start(Load.of("POST", path, true, 1).withMaxRequests(1), process.port());
		process.awaitLog(sign);
		return client;
	}

	static int post(AppProcess process, String path) {
		try (HttpConnection connection = HttpConnection.open(process.port(), Duration.ofSeconds(30))) {
			return connection.exchange(HttpMessage.post(path, Map.of(), new byte[0])).status();
		}
		catch (HttpFailureException ex) {
			throw new IllegalStateException("POST " + path + " was not answered", ex);
		}
	}

	static Exit stop(AppProcess process, String fault) {
		return print(fault, process.stop("TERM"));
	}

	static Exit print(String fault, Exit exit) {
		System.out.printf("FAULT %s: exit code %d after %d ms%n", fault, exit.code(), exit.took().toMillis());
		return exit;
	}

	static void assertClean(AppProcess process, Exit exit) {
		assertThat(exit.code()).as(process::log).isZero();
		assertThat(process.log()).contains("Shutdown completed in").doesNotContain("Cut off", "Abandoned");
	}

	/**
	 * The process ended by itself, within its budget, and said what was lost.
	 */
	static void assertForced(AppProcess process, Exit exit, String lost) {
		assertThat(exit.code()).as(process::log).isOne();
		assertThat(exit.took()).isLessThan(IN_TIME);
		assertThat(process.log()).containsPattern("Shutdown forced after .*, (cut off|abandoned): .*" + lost);
	}

	static void assertAnswered(LoadClient client) {
		LoadReport report = client.await();
		assertThat(report.failed()).as(report::describeFailures).isZero();
		assertThat(report.ok()).isOne();
	}

}
