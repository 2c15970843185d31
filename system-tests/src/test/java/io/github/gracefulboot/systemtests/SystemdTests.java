package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.systemtests.systemd.SampleService;
import io.github.gracefulboot.systemtests.systemd.Systemd;
import io.github.gracefulboot.test.http.FailureKind;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.http.HttpMessage;
import io.github.gracefulboot.test.load.Failure;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Command;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample's own hardened unit under a real systemd.
 */
class SystemdTests {

	private static final String CLEAN = "success, exit code 0";

	private static final Path DIRECTORY = TestDirectory.create("systemd");

	private static Systemd systemd;

	@BeforeAll
	static void startSystemd() {
		systemd = Systemd.start(DIRECTORY);
	}

	@AfterAll
	static void endSystemd() {
		if (systemd != null) {
			systemd.close();
		}
	}

	@Test
	void whenStartIsSlowThenUnitIsActivatingUntilReadyAndSaysWhy() {
		try (SampleService service = install("Environment=SAMPLE_STARTUP_DELAY=3s")) {
			service.beginStart();
			Awaitility.await("port is open")
				.atMost(Duration.ofSeconds(60))
				.until(() -> service.readiness() == Readiness.NOT_READY);
			assertThat(service.activeState()).isEqualTo("activating");
			String status = service.show("StatusText");
			assertThat(status).isNotBlank();
			Awaitility.await("active").atMost(Duration.ofSeconds(30)).until(() -> isActiveAndThenReady(service));
			System.out.printf("SYSTEMD start: activating with status '%s', active with status '%s'%n", status,
					service.show("StatusText"));
		}
	}

	/**
	 * Whether it is active: if so, then it has to be ready too.
	 */
	private boolean isActiveAndThenReady(SampleService service) {
		boolean active = service.activeState().equals("active");
		assertThat(active && service.readiness() != Readiness.READY).as("active, but not ready").isFalse();
		return active;
	}

	@Test
	void whenUnitIsHardenedThenEverythingWorksWithoutAWarning() {
		try (SampleService service = install()) {
			assertThat(service.start().exitCode()).isZero();
			assertThat(service.readiness()).isEqualTo(Readiness.READY);
			assertThat(Integer.parseInt(service.show("UID"))).as("a dynamic user").isBetween(61184, 65519);
			Command stop = service.stop();
			print("stop of an idle service", service, stop);
			assertThat(service.end()).isEqualTo(CLEAN);
			assertThat(service.log()).doesNotContain(" WARN ", " ERROR ");
		}
	}

	/**
	 * The user of the unit has no capabilities, as is usual, and some things need one.
	 */
	@Test
	void whenClientsComeWhileTheListenerClosesThenNoneIsResetThatWasConnected() {
		try (SampleService service = install()) {
			assertThat(service.start().exitCode()).isZero();
			try (LoadClient client = LoadClient.start(Load.of("POST", "/fast", false, 16), service.port())) {
				Awaitility.await("load").atMost(Duration.ofSeconds(30)).until(() -> client.total() > 500);
				Command stop = service.stop();
				LoadReport report = client.stop();
				print("stop under load: %s".formatted(report.failedByLabel()), service, stop);
				assertThat(service.end()).isEqualTo(CLEAN);
				assertThat(report.failures()).extracting(Failure::kind)
					.filteredOn((kind) -> kind != FailureKind.REFUSED && kind != FailureKind.CONNECT_TIMEOUT)
					.isEmpty();
				assertThat(service.log().lines()).filteredOn((line) -> line.contains("without being quiesced first"))
					.isEmpty();
			}
		}
	}

	@Test
	void whenBeansAreDestroyedSlowlyThenTheStopIsExtended() {
		try (SampleService service = install("TimeoutStopSec=2", "Environment=SAMPLE_STOP_DELAY=8s")) {
			assertThat(service.start().exitCode()).isZero();
			Command stop = service.stop();
			print("stop with TimeoutStopSec=2 and a bean that is destroyed in 8 s", service, stop);
			assertThat(service.end()).isEqualTo(CLEAN);
		}
	}

	@Test
	void whenRequestOutlivesTheStopTimeoutThenItIsAnsweredAndTheStopSucceeds() {
		try (SampleService service = install("TimeoutStopSec=2")) {
			assertThat(service.start().exitCode()).isZero();
			try (LoadClient client = startRequest(service, 4000)) {
				service.beginStop();
				Awaitility.await("the status names the request")
					.until(() -> service.show("StatusText").contains("GET /slow"));
				String status = service.show("StatusText");
				Command stop = service.stop();
				print("stop with TimeoutStopSec=2 and a request of 4 s, status '%s'".formatted(status), service, stop);
				LoadReport report = client.await();
				assertThat(report.failed()).as(report::describeFailures).isZero();
				assertThat(report.ok()).isEqualTo(1);
			}
			assertThat(service.end()).isEqualTo(CLEAN);
		}
	}

	/**
	 * By default systemd would signal the child as well.
	 */
	@ParameterizedTest
	@CsvSource({ "mixed, 0", "control-group, 1" })
	void whenRequestWaitsForAChildProcessThenTheUnitLetsItFinish(String killMode, int failed) {
		String[] settings = killMode.equals("mixed") ? new String[0] : new String[] { "KillMode=" + killMode };
		try (SampleService service = install(settings)) {
			assertThat(service.start().exitCode()).isZero();
			try (LoadClient client = LoadClient.start(Load.of("GET", "/child?seconds=4", false, 1).withMaxRequests(1),
					service.port())) {
				service.awaitLog("Child of 4 s begins");
				Command stop = service.stop();
				LoadReport report = client.await();
				print("stop with KillMode=%s and a request that waits for a child: %s".formatted(killMode,
						report.failedByLabel()), service, stop);
				assertThat(report.failed()).as(report::describeFailures).isEqualTo(failed);
			}
			assertThat(service.end()).isEqualTo(CLEAN);
		}
	}

	@Test
	void whenDrainIsStuckThenTheStopIsNotExtendedForEver() {
		try (SampleService service = install("TimeoutStopSec=2",
				"Environment=GRACEFUL_SUPERVISOR_SYSTEMD_PATIENCE=1s GRACEFUL_SHUTDOWN_TIMEOUT=30s")) {
			assertThat(service.start().exitCode()).isZero();
			try (LoadClient client = startRequest(service, 60000)) {
				Command stop = service.stop();
				print("stop with TimeoutStopSec=2, a patience of 1 s and a request of 60 s", service, stop);
				assertThat(service.show("Result")).isEqualTo("timeout");
				assertThat(stop.took()).isBetween(Duration.ofMillis(1900), Duration.ofSeconds(25));
			}
		}
	}

	@Test
	void whenBudgetIsSpentThenTheServiceExitsByItself() {
		try (SampleService service = install("TimeoutStopSec=20", "Environment=GRACEFUL_SHUTDOWN_TIMEOUT=3s")) {
			assertThat(service.start().exitCode()).isZero();
			try (LoadClient client = startRequest(service, 60000)) {
				Command stop = service.stop();
				print("stop with a budget of 3 s and a request of 60 s", service, stop);
				assertThat(service.end()).isEqualTo("exit-code, exit code 1");
			}
		}
	}

	@Test
	void whenStartOutlivesItsTimeoutThenItIsExtended() {
		long timeout = startTimeout();
		try (SampleService service = install("TimeoutStartSec=" + timeout,
				"Environment=SAMPLE_STARTUP_DELAY=%ds GRACEFUL_SUPERVISOR_SYSTEMD_PATIENCE=60s".formatted(timeout))) {
			Command start = service.start();
			print("start with TimeoutStartSec=%d and a delay of %d s".formatted(timeout, timeout), service, start);
			assertThat(start.exitCode()).as(start.output()).isZero();
			assertThat(start.took()).isGreaterThan(Duration.ofSeconds(timeout));
			assertThat(service.readiness()).isEqualTo(Readiness.READY);
		}
	}

	@Test
	void whenStartIsStuckThenItIsNotExtendedForEver() {
		long timeout = startTimeout();
		try (SampleService service = install("TimeoutStartSec=" + timeout, "Restart=no",
				"Environment=SAMPLE_STARTUP_DELAY=120s GRACEFUL_SUPERVISOR_SYSTEMD_PATIENCE=1s")) {
			Command start = service.start();
			print("start with TimeoutStartSec=%d, a patience of 1 s and a delay of 120 s".formatted(timeout), service,
					start);
			assertThat(start.exitCode()).isNotZero();
			assertThat(service.log()).contains("Tomcat started");
			assertThat(service.show("Result")).isEqualTo("timeout");
			assertThat(start.took()).isBetween(Duration.ofSeconds(timeout), Duration.ofSeconds(timeout + 60));
		}
	}

	/**
	 * Twice the time that a start takes just now: nothing asks for more time before
	 * Spring creates its first beans.
	 * @return the time in seconds
	 */
	private long startTimeout() {
		try (SampleService service = install()) {
			return 2 * service.start().took().plusSeconds(1).toSeconds();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/deadlock", "/broken" })
	void whenServiceIsNotLiveAnyMoreThenTheWatchdogKillsIt(String fault) throws Exception {
		try (SampleService service = install("WatchdogSec=2", "Restart=no", "Environment=SAMPLE_FAULTS=true")) {
			assertThat(service.start().exitCode()).isZero();
			Awaitility.await("alive over several periods of the watchdog")
				.during(Duration.ofSeconds(5))
				.atMost(Duration.ofSeconds(6))
				.until(() -> service.activeState().equals("active"));
			long broken = System.nanoTime();
			assertThat(post(service, fault).status()).isEqualTo(202);
			service.await("ActiveState", "failed");
			System.out.printf("SYSTEMD watchdog of 2 s: %s, %d ms after %s%n", service.end(),
					Duration.ofNanos(System.nanoTime() - broken).toMillis(), fault);
			assertThat(service.show("Result")).isEqualTo("watchdog");
		}
	}

	/**
	 * A restart takes longer than the watchdog waits.
	 */
	@Test
	void whenContextIsRestartedInTheProcessThenTheWatchdogLetsItLive() throws Exception {
		try (SampleService service = install("WatchdogSec=2", "Restart=no",
				"Environment=SAMPLE_FAULTS=true SAMPLE_STARTUP_DELAY=5s GRACEFUL_STARTUP_TIMEOUT=5m")) {
			assertThat(service.start().exitCode()).isZero();
			String pid = service.show("MainPID");
			assertThat(post(service, "/restart").status()).isEqualTo(202);
			Awaitility.await("ready again")
				.atMost(Duration.ofSeconds(180))
				.failFast("killed", () -> !service.activeState().equals("active"))
				.until(() -> service.log().contains("Started application in")
						&& service.readiness() == Readiness.READY);
			assertThat(service.show("MainPID")).isEqualTo(pid);
			Command stop = service.stop();
			print("stop after a restart in the process, with a watchdog of 2 s", service, stop);
			assertThat(service.end()).isEqualTo(CLEAN);
		}
	}

	private HttpMessage post(SampleService service, String path) throws HttpFailureException {
		try (HttpConnection connection = HttpConnection.open(service.port(), Duration.ofSeconds(10))) {
			return connection.exchange(HttpMessage.post(path, Map.of(), new byte[0]));
		}
	}

	@Test
	void whenConfigurationIsReloadedThenUnitIsReloadingUntilThatIsDone() throws Exception {
		try (SampleService service = install("Environment=SAMPLE_RELOAD=true")) {
			assertThat(service.start().exitCode()).isZero();
			CompletableFuture<HttpMessage> reload = new CompletableFuture<>();
			CompletableFuture.runAsync(() -> {
				try {
					reload.complete(post(service, "/reload?ms=2000"));
				}
				catch (HttpFailureException ex) {
					reload.completeExceptionally(ex);
				}
			});
			service.await("ActiveState", "reloading");
			assertThat(reload).isNotDone();
			assertThat(reload.get(10, TimeUnit.SECONDS).isSuccess()).isTrue();
			service.await("ActiveState", "active");
			System.out.printf("SYSTEMD reload of 2 s: reloading, then %s%n", service.activeState());
		}
	}

	@Test
	void whenWrapperDoesNotExecThenNotifyAccessOfAllLetsItWork() {
		try (SampleService service = install("NotifyAccess=all", "KillMode=control-group", "TimeoutStopSec=2",
				"ExecStart=", "ExecStart=/bin/sh -c '%s; exit $?'".formatted(SampleService.javaCommand()))) {
			assertThat(service.start().exitCode()).isZero();
			assertThat(service.readiness()).isEqualTo(Readiness.READY);
			try (LoadClient client = startRequest(service, 4000)) {
				Command stop = service.stop();
				print("stop of a wrapper that does not exec, TimeoutStopSec=2 and a request of 4 s", service, stop);
				LoadReport report = client.await();
				assertThat(report.failed()).as(report::describeFailures).isZero();
				assertThat(service.show("Result")).isEqualTo("success");
			}
		}
	}

	/**
	 * The watchdog is meant for the shell then, which WATCHDOG_PID says: what the
	 * documentation says about exec is true.
	 */
	@Test
	void whenWrapperDoesNotExecThenTheWatchdogKillsIt() {
		try (SampleService service = install("NotifyAccess=all", "WatchdogSec=2", "Restart=no", "ExecStart=",
				"ExecStart=/bin/sh -c '%s; exit $?'".formatted(SampleService.javaCommand()))) {
			assertThat(service.start().exitCode()).isZero();
			service.await("Result", "watchdog");
			System.out.printf("SYSTEMD watchdog of 2 s with a wrapper that does not exec: %s%n",
					service.show("Result"));
		}
	}

	private SampleService install(String... settings) {
		return SampleService.install(systemd, DIRECTORY, settings);
	}

	private LoadClient startRequest(SampleService service, int millis) {
		LoadClient client = LoadClient.start(Load.of("GET", "/slow?ms=" + millis, false, 1).withMaxRequests(1),
				service.port());
		service.awaitLog("Slow request of %d ms begins".formatted(millis));
		return client;
	}

	private void print(String what, SampleService service, Command command) {
		System.out.printf("SYSTEMD %s: %s after %d ms%n", what, service.end(), command.took().toMillis());
	}

}
