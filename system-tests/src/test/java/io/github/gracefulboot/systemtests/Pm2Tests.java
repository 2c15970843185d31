package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.pm2.Pm2;
import io.github.gracefulboot.systemtests.pm2.Pm2App;
import io.github.gracefulboot.systemtests.pm2.Pm2Exit;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packaged sample under a real PM2, in fork mode.
 */
class Pm2Tests {

	private static final Path DIRECTORY = TestDirectory.create("pm2");

	private static final int PATIENT = 15_000;

	private static Pm2 pm2;

	/**
	 * Here and not before all tests, so that each one is reported as skipped where PM2 is
	 * missing.
	 */
	@BeforeEach
	void startPm2() {
		if (pm2 == null) {
			pm2 = Pm2.start(DIRECTORY);
		}
	}

	@AfterAll
	static void closePm2() {
		if (pm2 != null) {
			pm2.close();
		}
	}

	@Test
	void whenStartIsSlowThenOnlineIsToldOnlyWhenReady() {
		Pm2App app = app("slow-start", "--sample.startup-delay=4s").waitReady();
		CompletableFuture<Void> start = CompletableFuture.runAsync(() -> pm2.start(app));
		awaitReadiness(app, 503);
		assertThat(pm2.process("slow-start").status()).isEqualTo("launching");
		assertThat(start).isNotDone();
		start.join();
		assertThat(app.app().readiness()).isEqualTo(200);
		assertThat(pm2.process("slow-start").isOnline()).isTrue();
		print("a start of 4 s more", "not online before the readiness is 200");
		stopClean(app);
	}

	@Test
	void whenReadyIsDelayedThenOnlineIsToldLater() {
		Pm2App app = app("delayed", "--graceful.ready.delay=4s").waitReady();
		CompletableFuture<Void> start = CompletableFuture.runAsync(() -> pm2.start(app));
		awaitReadiness(app, 200);
		long ready = System.nanoTime();
		assertThat(pm2.process("delayed").status()).isEqualTo("launching");
		start.join();
		Duration later = since(ready);
		print("graceful.ready.delay=4s", "online %d ms after readiness".formatted(later.toMillis()));
		assertThat(later).isGreaterThan(Duration.ofMillis(2000));
		stopClean(app);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenStoppedThenRequestInFlightIsAnswered(boolean message) {
		String name = message ? "message-stop" : "signal-stop";
		Pm2App app = start(app(name).waitReady().with("shutdown_with_message", message));
		try (LoadClient client = startRequest(app, 2000)) {
			Duration took = stopClean(app);
			assertAnswered(client);
			print("stop by " + (message ? "message" : "SIGINT"),
					"2 s request answered, exit code 0, pm2 stop took %d ms".formatted(took.toMillis()));
			assertThat(pm2.log(name)).contains(message ? "PM2's shutdown message" : "SIGINT");
		}
	}

	@Test
	void whenItIsMonitoredThenPm2ShowsItAndTriggersTheLameDuck() {
		String name = "monitored";
		Pm2App app = start(app(name, "--graceful.supervisor.pm2.monitor=true").waitReady());
		Awaitility.await().untilAsserted(() -> assertThat(pm2.show(name)).contains("lame-duck", "resume", "in flight"));
		assertThat(pm2.trigger(name, "lame-duck")).contains("Readiness is refused until 'resume'");
		assertThat(app.app().readiness()).isEqualTo(503);
		Awaitility.await().untilAsserted(() -> assertThat(pm2.show(name)).contains("lame duck for maintenance"));
		assertThat(pm2.trigger(name, "resume")).contains("Traffic is accepted again");
		assertThat(app.app().readiness()).isEqualTo(200);
		stopClean(app);
		print("monitored, lame duck and back", "exit code 0");
	}

	@Tag("alone")
	@ParameterizedTest
	@CsvSource({ "default, 1600", "3000, 3000" })
	void whenRequestOutlivesKillTimeoutThenExitIsForcedBeforeSigkill(String setting, int millis) {
		String name = "kill-timeout-" + setting;
		Pm2App app = Pm2App.of(name, App.of(SampleJar.GRACEFUL, DIRECTORY)).waitReady();
		start(setting.equals("default") ? app : app.with("kill_timeout", millis));
		long pid = pm2.process(name).pid();
		try (LoadClient client = startRequest(app, 10_000)) {
			Duration took = pm2.stop(name);
			print("kill_timeout %s with a 10 s request".formatted(setting),
					"%s, pm2 stop took %d ms".formatted(pm2.exits(name), took.toMillis()));
			assertThat(pm2.exits(name)).containsExactly(Pm2Exit.FORCED);
			assertThat(pm2.killed()).doesNotContain(pid);
			assertThat(pm2.log(name)).contains("Shutdown forced").containsPattern("POST.*/slow");
			assertThat(client.stop().failed()).isEqualTo(1);
		}
	}

	@Tag("full")
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			no-number    | export NODE_CHANNEL_FD=abc; exec "$@"
			closed       | export NODE_CHANNEL_FD=97; exec "$@"
			regular-file | export NODE_CHANNEL_FD=9; exec "$@" 9<pom.xml
			""")
	void whenChannelIsNoneThenSaysSoOnceAndStopsCleanly(String name, String shell) {
		runsWithOneWarning(app(name).startedBy(shell), "PM2");
	}

	@Test
	void whenJnaIsNotThereThenSaysSoOnceAndStopsCleanly() {
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY).withoutLibrary("jna");
		runsWithOneWarning(Pm2App.of("without-jna", app).with("kill_timeout", PATIENT), "PM2");
	}

	@Test
	void whenJnaIsNotThereButChannelIsStandardInputThenSpeaksToPm2() {
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY).withoutLibrary("jna");
		Pm2App pm2App = start(Pm2App.of("standard-input", app)
			.startedBy("exec \"$@\" 0<&3")
			.waitReady()
			.with("shutdown_with_message", true)
			.with("kill_timeout", PATIENT));
		assertThat(app.readiness()).isEqualTo(200);
		try (LoadClient client = startRequest(pm2App, 2000)) {
			stopClean(pm2App);
			assertAnswered(client);
			assertThat(pm2.log("standard-input")).contains("PM2's shutdown message");
		}
		print("no JNA, 0<&3", "ready told, message heard");
	}

	@Test
	void whenWrapperReplacesItselfThenNothingIsDifferent() {
		Pm2App app = start(app("exec").startedBy("exec \"$@\"").waitReady());
		try (LoadClient client = startRequest(app, 2000)) {
			stopClean(app);
			assertAnswered(client);
		}
		print("wrapper with exec", "2 s request answered, exit code 0");
	}

	/**
	 * A shell makes what it starts in the background ignore SIGINT.
	 */
	@Test
	void whenWrapperStartsJavaInBackgroundThenItIsKilledAndHasWarned() {
		Pm2App app = start(app("background").startedBy("\"$@\" & wait").waitReady().with("kill_timeout", 2000));
		assertThat(pm2.log("background")).containsOnlyOnce("SIGINT is ignored");
		long pid = pm2.process("background").pid();
		Duration took = pm2.stop("background");
		print("wrapper with & and wait", "warned, killed, pm2 stop took %d ms".formatted(took.toMillis()));
		assertThat(pm2.killed()).contains(pid);
		assertThat(pm2.log("background")).doesNotContain("Shutdown completed");
		assertThat(app.app().readiness()).isZero();
	}

	@Test
	void whenWrapperStartsJavaInBackgroundThenItHearsTheMessage() {
		Pm2App app = start(app("background-message").startedBy("\"$@\" & wait $!")
			.waitReady()
			.with("shutdown_with_message", true));
		try (LoadClient client = startRequest(app, 2000)) {
			stopClean(app);
			assertAnswered(client);
		}
		print("wrapper with & and wait, stop by message", "2 s request answered, exit code 0");
	}

	private Pm2App app(String name, String... args) {
		return Pm2App.of(name, App.of(SampleJar.GRACEFUL, DIRECTORY, args)).with("kill_timeout", PATIENT);
	}

	private Pm2App start(Pm2App app) {
		pm2.start(app);
		return app;
	}

	private void runsWithOneWarning(Pm2App app, String about) {
		start(app);
		awaitReadiness(app, 200);
		try (LoadClient client = startRequest(app, 2000)) {
			stopClean(app);
			assertAnswered(client);
		}
		List<String> warnings = pm2.log(app.name())
			.lines()
			.filter((line) -> line.contains(" WARN ") && line.contains(about))
			.toList();
		print(app.name(), "runs, stops clean, says: " + warnings);
		assertThat(warnings).hasSize(1);
	}

	private void awaitReadiness(Pm2App app, int status) {
		Awaitility.await("readiness %d of %s".formatted(status, app.name()))
			.atMost(Duration.ofSeconds(90))
			.until(() -> app.app().readiness() == status);
	}

	private LoadClient startRequest(Pm2App app, int millis) {
		Load load = Load.of("POST", "/slow?ms=" + millis, true, 1).withMaxRequests(1);
		LoadClient client = LoadClient.start(load, app.app().port());
		pm2.awaitLog(app.name(), "Slow request of %d ms begins".formatted(millis));
		return client;
	}

	private void assertAnswered(LoadClient client) {
		LoadReport report = client.await();
		assertThat(report.failed()).as(report::describeFailures).isZero();
		assertThat(report.ok()).isEqualTo(1);
	}

	private Duration stopClean(Pm2App app) {
		long pid = pm2.process(app.name()).pid();
		Duration took = pm2.stop(app.name());
		assertThat(pm2.exits(app.name())).containsExactly(Pm2Exit.CLEAN);
		assertThat(pm2.killed()).doesNotContain(pid);
		assertThat(pm2.log(app.name())).contains("Shutdown completed");
		return took;
	}

	private Duration since(long nanoTime) {
		return Duration.ofNanos(System.nanoTime() - nanoTime);
	}

	private void print(String what, String result) {
		System.out.printf("PM2 %s: %s%n", what, result);
	}

}
