package io.github.gracefulboot.systemtests;

import java.nio.file.Path;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.process.Exit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Beans of the application that do in a shutdown what they should not.
 */
class FaultParticipantTests {

	private static final Path DIRECTORY = TestDirectory.create("fault-participant");

	private static App app(String... args) {
		return App.of(SampleJar.GRACEFUL, DIRECTORY, args);
	}

	@Test
	void whenAParticipantThrowsThenTheRestIsDrainedAndItIsNamed() {
		try (AppProcess process = app("--sample.faulty-participant=throws").startReady();
				LoadClient client = Faults.request(process)) {
			Exit exit = Faults.stop(process, "participant throws");
			Faults.assertAnswered(client);
			Faults.assertForced(process, exit, "faultyParticipant");
			assertThat(process.log()).contains("Could not drain faultyParticipant", "The queue is broken");
		}
	}

	@Test
	void whenAParticipantEndsTheProcessThenItIsNotWaitedForAndItsCodeStands() {
		try (AppProcess process = app("--sample.faulty-participant=exits", "--graceful.shutdown.timeout=60s")
			.startReady(); LoadClient client = Faults.request(process)) {
			Exit exit = Faults.stop(process, "participant calls System.exit(3)");
			Faults.assertAnswered(client);
			assertThat(exit.code()).isEqualTo(3);
			assertThat(exit.took().toSeconds()).isLessThan(30);
			assertThat(process.log())
				.containsPattern("Cut off: faultyParticipant\\R(\tat .*\\R)*\tat .*FaultyParticipant\\.drain");
		}
	}

	@Tag("full")
	@ParameterizedTest
	@ValueSource(strings = { "hangs", "ignores-interrupts" })
	void whenAParticipantNeverFinishesThenItIsNamedWithItsStackAndTheRestIsReleased(String fault) {
		try (AppProcess process = app("--sample.faulty-participant=" + fault, Faults.BUDGET).startReady();
				LoadClient client = Faults.request(process)) {
			Exit exit = Faults.stop(process, "participant " + fault);
			Faults.assertAnswered(client);
			Faults.assertForced(process, exit, "faultyParticipant");
			assertThat(process.log())
				.containsPattern("Cut off: faultyParticipant\\R(\tat .*\\R)*\tat .*FaultyParticipant\\.drain")
				.contains("HikariPool-1 - Shutdown completed");
		}
	}

	/**
	 * Who ends the process on the thread that stops it waits for itself. Without the
	 * starter that is for ever.
	 */
	@Tag("full")
	@ParameterizedTest
	@CsvSource({ "stop-exits, release", "destroy-exits, exit" })
	void whenABeanEndsTheProcessThenItExitsInTimeAndSaysWhereItHung(String fault, String stage) {
		try (AppProcess process = app("--sample.faulty-bean=" + fault, Faults.BUDGET).startReady();
				LoadClient client = Faults.request(process)) {
			Exit exit = Faults.stop(process, "bean " + fault);
			Faults.assertAnswered(client);
			Faults.assertForced(process, exit, "the %s stage".formatted(stage));
			assertThat(process.log())
				.containsPattern("Cut off: the %s stage\\R(\tat .*\\R)*\tat .*System\\.exit.*\\R\tat .*FaultyBean\\.end"
					.formatted(stage))
				.doesNotContain("Cut off: executors", "Cut off: background tasks");
		}
	}

	@Tag("full")
	@ParameterizedTest
	@ValueSource(strings = { "stop-locks", "destroy-locks" })
	void whenABeanAndARequestWaitForEachOtherThenTheRequestIsNamedWithItsStack(String fault) {
		try (AppProcess process = app("--sample.faulty-bean=" + fault, Faults.BUDGET).startReady();
				LoadClient client = Faults.request(process, "/hold-lock", "Holding the lock")) {
			Exit exit = Faults.stop(process, "bean " + fault);
			Faults.assertForced(process, exit, "POST /hold-lock");
			assertThat(process.log())
				.containsPattern("Cut off: POST /hold-lock .*\\R(\tat .*\\R)*\tat .*FaultyBean\\.holdLock");
			assertThat(client.stop().failed()).isOne();
		}
	}

}
