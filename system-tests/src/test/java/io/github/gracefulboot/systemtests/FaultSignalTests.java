package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.process.SettableClock;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.http.HttpMessage;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.process.Await;
import io.github.gracefulboot.test.process.Exit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Other signals in a shutdown, time that stands still, and a clock that is set. A second
 * SIGTERM, and SIGINT after SIGTERM: {@link SignalTests}.
 */
class FaultSignalTests {

	private static final Path DIRECTORY = TestDirectory.create("fault-signal");

	private static final Duration FROZEN = Duration.ofSeconds(3);

	private static App app(String... args) {
		return App.of(SampleJar.GRACEFUL, DIRECTORY, args)
			.withArgs("--logging.level.io.github.gracefulboot.shutdown=debug");
	}

	@Test
	void whenAThreadDumpAndASecondSigintComeThenTheFirstStopGoesOn() {
		try (AppProcess process = app().startReady(); LoadClient client = Faults.request(process)) {
			long signalled = System.nanoTime();
			process.signal("INT");
			process.awaitLeaving();
			process.signal("QUIT");
			process.awaitLog("Full thread dump");
			process.signal("INT");
			process.awaitLog("Ignoring SIGINT: shutdown already in progress");
			Exit exit = Faults.print("SIGINT, SIGQUIT, SIGINT", process.awaitExit(signalled));
			Faults.assertAnswered(client);
			Faults.assertClean(process, exit);
		}
	}

	@Test
	void whenTheProcessStandsStillInTheDrainThenNothingIsLost() {
		assertNothingIsLostAfterFreezing("lame-duck", "drain");
	}

	@Tag("full")
	@ParameterizedTest
	@CsvSource({ "announce, lame duck", "drain, release" })
	void whenTheProcessStandsStillInAStageThenNothingIsLost(String before, String stage) {
		assertNothingIsLostAfterFreezing(before, stage);
	}

	private static void assertNothingIsLostAfterFreezing(String before, String stage) {
		try (AppProcess process = app("--graceful.lame-duck.min=1s").startReady();
				LoadClient client = Faults.request(process)) {
			assertThat(Faults.post(process, "/background?ms=3000")).isEqualTo(202);
			long signalled = System.nanoTime();
			process.signal("TERM");
			process.awaitLog("Stage %s ended".formatted(before));
			freeze(process, FROZEN);
			Exit exit = Faults.print("frozen for %d s, %s".formatted(FROZEN.toSeconds(), stage),
					process.awaitExit(signalled));
			Faults.assertAnswered(client);
			Faults.assertClean(process, exit);
			assertThat(process.log()).contains("Background work of 3000 ms is done");
		}
	}

	@Tag("full")
	@Test
	void whenTheProcessStandsStillBeyondItsBudgetThenItEndsAsSoonAsItRuns() {
		try (AppProcess process = app("--graceful.shutdown.timeout=3s").startReady();
				LoadClient client = Faults.request(process, "/slow?ms=60000", "Slow request of 60000 ms begins")) {
			process.signal("TERM");
			process.awaitLog("Shutting down within");
			freeze(process, FROZEN.plusSeconds(1));
			Exit exit = Faults.print("frozen for longer than its budget, time from SIGCONT",
					process.awaitExit(System.nanoTime()));
			Faults.assertForced(process, exit, "POST /slow");
			assertThat(client.stop().failed()).isOne();
		}
	}

	/**
	 * As a machine does whose clock was wrong, or whose administrator corrects it.
	 */
	@Tag("full")
	@ParameterizedTest
	@ValueSource(strings = { "-1h", "+1h" })
	void whenTheClockIsSetInTheDrainThenNothingIsLost(String step) {
		SettableClock clock = SettableClock.create(DIRECTORY);
		try (AppProcess process = clock.on(app()).startReady(); LoadClient client = Faults.request(process)) {
			long signalled = System.nanoTime();
			process.signal("TERM");
			process.awaitLog("Stage lame-duck ended");
			clock.set(step);
			Exit exit = Faults.print("clock set by %s in the drain".formatted(step), process.awaitExit(signalled));
			Faults.assertAnswered(client);
			Faults.assertClean(process, exit);
			assertThat(SettableClock.difference(process)).isGreaterThan(Duration.ofMinutes(50));
			assertThat(process.log()).containsPattern("Shutdown completed in \\d{1,2}\\.\\d+ s ");
		}
	}

	/**
	 * Tomcat notes by the clock on the wall when a connection was used.
	 */
	@Tag("full")
	@Test
	void whenTheClockIsSetBackBeforeThenKeptConnectionsDoNotHoldTheShutdown() {
		SettableClock clock = SettableClock.create(DIRECTORY);
		try (AppProcess process = clock.on(app()).startReady();
				HttpConnection connection = HttpConnection.open(process.port(), Duration.ofSeconds(10))) {
			assertThat(connection.exchange(HttpMessage.get("/slow?ms=10", Map.of())).status()).isEqualTo(200);
			clock.set("-1h");
			Exit exit = Faults.stop(process, "clock set back by 1h, a kept connection");
			Faults.assertClean(process, exit);
			assertThat(process.log()).doesNotContain("longest wait of");
		}
		catch (HttpFailureException ex) {
			throw new AssertionError(ex);
		}
	}

	@Tag("full")
	@ParameterizedTest
	@ValueSource(strings = { "-1h", "+1h" })
	void whenTheClockIsSetThenTheDeadlineStands(String step) {
		SettableClock clock = SettableClock.create(DIRECTORY);
		try (AppProcess process = clock.on(app(Faults.BUDGET)).startReady();
				LoadClient client = Faults.request(process, "/slow?ms=60000", "Slow request of 60000 ms begins")) {
			long signalled = System.nanoTime();
			process.signal("TERM");
			process.awaitLog("Stage lame-duck ended");
			clock.set(step);
			Exit exit = Faults.print("clock set by %s, a request that never ends".formatted(step),
					process.awaitExit(signalled));
			Faults.assertForced(process, exit, "POST /slow");
			assertThat(exit.took()).isGreaterThan(Duration.ofSeconds(3));
			assertThat(SettableClock.difference(process)).isGreaterThan(Duration.ofMinutes(50));
			assertThat(client.stop().failed()).isOne();
		}
	}

	private static void freeze(AppProcess process, Duration time) {
		process.signal("STOP");
		try {
			Await.pass(time);
		}
		finally {
			process.signal("CONT");
		}
	}

}
