package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.process.Exit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * SIGTERM in each stage of a start, which ends it as it ends that of plain Spring Boot.
 * While a check waits for the database: {@link StartTests}. While a runner runs, just
 * before the application is ready: {@link SignalTests}.
 */
class FaultStartTests {

	private static final Path DIRECTORY = TestDirectory.create("fault-start");

	private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

	private static final Duration ROUND = Duration.ofMillis(5);

	/**
	 * A start that has to go on to where it can be left takes that long on a busy
	 * machine.
	 */
	private static final Duration IN_TIME = Duration.ofSeconds(30);

	private static final int TERMINATED = 143;

	@Test
	void whenStoppedBeforeMainThenItIsGoneAtOnce() throws IOException {
		try (AppProcess process = App.of(SampleJar.GRACEFUL, DIRECTORY).start()) {
			assertEnded(process, "before main");
		}
	}

	@Test
	void whenStoppedWhileBeansAreCreatedThenExitsAsSpringBootDoes() throws IOException {
		assertEndedAfter("HikariPool-1 - Starting", App.of(SampleJar.GRACEFUL, DIRECTORY));
	}

	@Tag("full")
	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "Starting SampleApplication", "Root WebApplicationContext: initialization completed",
					"HikariPool-1 - Start completed", "Exposing 4 endpoints", "Tomcat started on port" })
	void whenStoppedOnItsWayToReadyThenExitsAsSpringBootDoes(String line) throws IOException {
		// A warm-up that goes on for longer than the test
		assertEndedAfter(line, App.of(SampleJar.GRACEFUL, DIRECTORY, "--graceful.startup.warm-up.paths=/slow?ms=2000",
				"--graceful.startup.warm-up.requests=1000", "--graceful.startup.warm-up.timeout=60s"));
	}

	@Tag("full")
	@Test
	void whenStoppedInTheWarmUpThenExitsAsSpringBootDoes() throws IOException {
		assertEndedAfter("Slow request of 2000 ms begins",
				App.of(SampleJar.GRACEFUL, DIRECTORY, "--graceful.startup.warm-up.paths=/slow?ms=2000",
						"--graceful.startup.warm-up.requests=1000", "--graceful.startup.warm-up.timeout=60s"));
	}

	@Tag("full")
	@Test
	void whenStoppedRightAfterItIsReadyThenTheShutdownIsClean() throws IOException {
		try (AppProcess process = App.of(SampleJar.GRACEFUL, DIRECTORY).start()) {
			process.awaitReady();
			Exit exit = Faults.stop(process, "SIGTERM right after ready");
			Faults.assertClean(process, exit);
			assertPortIsFree(process.port());
		}
	}

	private static void assertEndedAfter(String line, App app) throws IOException {
		try (AppProcess process = app.start()) {
			Awaitility.await(line)
				.atMost(START_TIMEOUT)
				.pollDelay(Duration.ZERO)
				.pollInterval(ROUND)
				.until(() -> process.log().contains(line));
			assertEnded(process, "after '%s'".formatted(line));
		}
	}

	private static void assertEnded(AppProcess process, String state) throws IOException {
		Exit exit = Faults.stop(process, "SIGTERM " + state);
		assertThat(exit.code()).as(process::log).isEqualTo(TERMINATED);
		assertThat(exit.took()).isLessThan(IN_TIME);
		assertThat(process.log()).doesNotContain(" ERROR ", "APPLICATION FAILED TO START", "Shutdown forced");
		assertPortIsFree(process.port());
	}

	private static void assertPortIsFree(int port) throws IOException {
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
			assertThat(socket.isBound()).isTrue();
		}
	}

}
