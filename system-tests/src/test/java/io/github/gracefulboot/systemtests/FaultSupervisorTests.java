package io.github.gracefulboot.systemtests;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.pm2.Pm2;
import io.github.gracefulboot.systemtests.pm2.Pm2App;
import io.github.gracefulboot.systemtests.systemd.NotifySocket;
import io.github.gracefulboot.test.balancer.Balancer;
import io.github.gracefulboot.test.balancer.Balancer.Backends;
import io.github.gracefulboot.test.balancer.RunningBalancer;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.process.Command;
import io.github.gracefulboot.test.process.Exit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Those whom a shutdown tells and waits for are gone, or stand still, when it begins.
 */
class FaultSupervisorTests {

	private static final Path DIRECTORY = TestDirectory.create("fault-supervisor");

	@Test
	void whenTheReaderOfTheNotifySocketIsGoneThenTheShutdownIsClean() {
		String address = "@graceful-tests-gone-" + ProcessHandle.current().pid();
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY).withEnvironment("NOTIFY_SOCKET", address);
		try (NotifySocket socket = NotifySocket.open(address, DIRECTORY.resolve("gone.log"));
				AppProcess process = app.startReady()) {
			Awaitility.await("ready")
				.until(() -> socket.messages().stream().anyMatch((message) -> message.contains("READY=1")));
			socket.close();
			try (LoadClient client = Faults.request(process)) {
				Exit exit = Faults.stop(process, "the peer of NOTIFY_SOCKET is gone");
				Faults.assertAnswered(client);
				Faults.assertClean(process, exit);
			}
		}
	}

	/**
	 * Its socket's queue fills up, and then whoever sends would wait.
	 */
	@Tag("full")
	@Test
	void whenTheReaderOfTheNotifySocketStandsStillThenTheShutdownIsClean() {
		String address = "@graceful-tests-frozen-" + ProcessHandle.current().pid();
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY)
			.withEnvironment("NOTIFY_SOCKET", address)
			.withEnvironment("WATCHDOG_USEC", "100000");
		try (NotifySocket socket = NotifySocket.open(address, DIRECTORY.resolve("frozen.log"));
				AppProcess process = app.startReady()) {
			Awaitility.await("ready")
				.until(() -> socket.messages().stream().anyMatch((message) -> message.contains("READY=1")));
			ProcessHandle reader = child("perl");
			signal("STOP", reader);
			try (LoadClient client = Faults.request(process)) {
				Exit exit = Faults.stop(process, "the peer of NOTIFY_SOCKET stands still");
				Faults.assertAnswered(client);
				Faults.assertClean(process, exit);
			}
			finally {
				signal("CONT", reader);
			}
		}
	}

	/**
	 * A balancer that was killed asks no more, and one that stands still neither. Either
	 * way the lame duck stage ends, at its end at the latest.
	 */
	@Tag("full")
	@ParameterizedTest
	@ValueSource(strings = { "KILL", "STOP" })
	void whenTheBalancerIsGoneOrStandsStillThenTheShutdownIsClean(String signal) {
		try (AppProcess process = App.of(SampleJar.GRACEFUL, DIRECTORY).startReady();
				RunningBalancer front = Balancer.haproxy()
					.checks(Duration.ofMillis(500), 1, 1)
					.start(new Backends(List.of(process.port()), Readiness.PATH, DIRECTORY))) {
			front.awaitUp(process.port());
			ProcessHandle haproxy = child("haproxy");
			try (LoadClient client = Faults.request(process)) {
				signal(signal, haproxy);
				Exit exit = Faults.stop(process, "HAProxy, SIG" + signal);
				Faults.assertAnswered(client);
				Faults.assertClean(process, exit);
				assertThat(exit.took()).isLessThan(Duration.ofSeconds(25));
			}
			finally {
				if (haproxy.isAlive()) {
					signal("CONT", haproxy);
				}
			}
		}
	}

	/**
	 * Its output goes nowhere from then on.
	 */
	@Tag("full")
	@Test
	void whenPm2sDaemonIsKilledThenTheServiceGoesOnAndItsShutdownIsClean() throws Exception {
		Path reports = DIRECTORY.resolve("reports").toAbsolutePath();
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY, "--graceful.shutdown.report.directory=" + reports);
		try (Pm2 pm2 = Pm2.start(DIRECTORY.resolve("pm2"))) {
			pm2.start(Pm2App.of("orphan", app).waitReady().with("kill_timeout", 15_000));
			ProcessHandle process = ProcessHandle.of(pm2.process("orphan").pid()).orElseThrow();
			pm2.killDaemon();
			Load request = Load.of("POST", "/slow?ms=2000", true, 1).withMaxRequests(1);
			try (LoadClient client = LoadClient.start(request, app.port())) {
				Awaitility.await("in flight")
					.until(() -> HttpConnection.get(app.port(), "/actuator/graceful", Duration.ofSeconds(5))
						.text()
						.contains("/slow"));
				long signalled = System.nanoTime();
				signal("TERM", process);
				Faults.assertAnswered(client);
				Awaitility.await("its end").atMost(Duration.ofSeconds(30)).until(() -> !Pm2.isRunning(process));
				System.out.printf("FAULT PM2's daemon killed: gone after %d ms%n",
						Duration.ofNanos(System.nanoTime() - signalled).toMillis());
			}
		}
		try (Stream<Path> files = Files.list(reports)) {
			Path report = files.filter((file) -> file.toString().endsWith(".json")).findFirst().orElseThrow();
			assertThat(report).content().containsPattern("\"outcome\" ?: ?\"clean\"");
		}
	}

	private static ProcessHandle child(String program) {
		return ProcessHandle.current()
			.children()
			.filter((child) -> child.info().command().filter((command) -> command.endsWith(program)).isPresent())
			.findFirst()
			.orElseThrow();
	}

	private static void signal(String name, ProcessHandle process) {
		Command.succeed(List.of("kill", "-" + name, String.valueOf(process.pid())));
	}

}
