package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.github.gracefulboot.systemtests.app.DeployFile;
import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.systemtests.s6.S6Service;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpMessage;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Command;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample's own service directory under a real s6-supervise.
 */
class S6Tests {

	private static final Path DIRECTORY = TestDirectory.create("s6");

	@Test
	void whenStartIsSlowThenS6SaysReadyWhenTheSampleIsAndNotBefore() {
		try (S6Service service = S6Service.start(DIRECTORY.resolve("slow-start"),
				Map.of("SAMPLE_STARTUP_DELAY", "3s"))) {
			CompletableFuture<Integer> readiness = CompletableFuture.supplyAsync(() -> {
				assertThat(service.awaitReady().exitCode()).isZero();
				return service.readiness();
			});
			Awaitility.await("port is open")
				.atMost(Duration.ofSeconds(60))
				.until(() -> service.readiness() == Readiness.NOT_READY);
			assertThat(service.status()).startsWith("up ").doesNotContain(", ready ");
			assertThat(readiness).isNotDone();
			assertThat(readiness.join()).isEqualTo(Readiness.READY);
			assertThat(service.status()).startsWith("up ").contains(", ready ");
			System.out.printf("S6 start: %s%n", service.status());
		}
	}

	@Test
	void whenRequestIsInFlightThenItIsAnsweredBeforeTheServiceIsDown() {
		try (S6Service service = S6Service.start(DIRECTORY.resolve("in-flight"), Map.of())) {
			assertThat(service.awaitReady().exitCode()).isZero();
			try (LoadClient client = startRequest(service)) {
				print("stop with a request of 2 s", service, service.stop());
				assertAnswered(client);
				assertThat(service.status()).startsWith("down (exitcode 0)");
				assertThat(service.log()).doesNotContain(" WARN ", " ERROR ");
			}
		}
	}

	/**
	 * The shell gets the signal and ends, and s6 takes that for the end of the service:
	 * what the documentation says about exec is true.
	 */
	@Test
	void whenScriptDoesNotExecThenReadyIsSaidButTheSampleIsOrphaned() throws Exception {
		String script = DeployFile.read("s6/sample-app/run").replace("exec \"", "\"") + "exit $?\n";
		try (S6Service service = S6Service.start(DIRECTORY.resolve("no-exec"), Map.of(), script)) {
			assertThat(service.awaitReady().exitCode()).isZero();
			assertThat(service.readiness()).isEqualTo(Readiness.READY);
			ProcessHandle sample = process(service);
			try {
				print("stop of a script that does not exec", service, service.stop());
				assertThat(service.status()).startsWith("down (signal SIGTERM)");
				assertThat(service.readiness()).isEqualTo(Readiness.READY);
			}
			finally {
				sample.destroyForcibly();
				sample.onExit().join();
			}
		}
	}

	/**
	 * The process that answers, by the name that it gives itself.
	 */
	private ProcessHandle process(S6Service service) throws Exception {
		HttpMessage response = HttpConnection.get(service.port(), "/fast", Duration.ofSeconds(5));
		String instance = response.header("X-Instance");
		return ProcessHandle.of(Long.parseLong(instance.substring(instance.indexOf('-') + 1))).orElseThrow();
	}

	private LoadClient startRequest(S6Service service) {
		LoadClient client = LoadClient.start(Load.of("POST", "/slow?ms=2000", true, 1).withMaxRequests(1),
				service.port());
		service.awaitLog("Slow request of 2000 ms begins");
		return client;
	}

	private void assertAnswered(LoadClient client) {
		LoadReport report = client.await();
		assertThat(report.failed()).as(report::describeFailures).isZero();
		assertThat(report.ok()).isEqualTo(1);
	}

	private void print(String what, S6Service service, Command command) {
		System.out.printf("S6 %s: %s after %d ms%n", what, service.status(), command.took().toMillis());
	}

}
