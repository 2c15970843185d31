package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.DrainParticipant.Role;
import io.github.gracefulboot.Outcome;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.traffic.WakeUp;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationEventPublisher;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShutdownSequence}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ShutdownSequenceTests {

	private final List<Announcer> announcers = new ArrayList<>();

	private final List<DrainParticipant> participants = new ArrayList<>();

	private final List<Object> events = new ArrayList<>();

	private final List<String> calls = new ArrayList<>();

	private Duration timeout = Duration.ofSeconds(30);

	private @Nullable Collection<ActiveTask> tasks;

	@Test
	void whenStopsThenStagesComeInOrderAndEachIsAnEvent() {
		this.announcers.add((deadline) -> this.calls.add("announced"));
		this.tasks = List.of();
		this.participants.add(participant("pool", Role.RESOURCE, CompletableFuture.completedFuture(null)));
		this.participants.add(participant("executor", Role.WORKER, CompletableFuture.completedFuture(null)));
		this.participants.add(participant("queue", Role.QUEUE, CompletableFuture.completedFuture(null)));
		this.participants.add(participant("server", Role.INTAKE, CompletableFuture.completedFuture(null)));
		ShutdownSequence shutdown = shutdown();
		shutdown.stop();
		this.calls.add("lifecycle stopped");
		shutdown.release();
		assertThat(shutdown.finish().isClean()).isTrue();
		assertThat(this.calls).containsExactly("announced", "server", "queue", "executor", "lifecycle stopped", "pool");
		assertThat(this.events).map((event) -> ((StageChangedEvent) event).getStage())
			.containsExactly(Stage.ANNOUNCE, Stage.LAME_DUCK, Stage.DRAIN, Stage.RELEASE, Stage.EXIT);
		assertThat(shutdown.getTimeline().entries()).map(Timeline.Entry::stage)
			.containsExactly(Stage.ANNOUNCE, Stage.LAME_DUCK, Stage.DRAIN, Stage.RELEASE, Stage.EXIT);
	}

	@Test
	void whenAnnouncerAndParticipantAndListenerFailThenTheStopGoesOn(CapturedOutput output) {
		this.announcers.add((deadline) -> {
			throw new IllegalStateException("no such supervisor");
		});
		this.announcers.add((deadline) -> this.calls.add("second announcer"));
		this.participants.add(participant("broken", Role.INTAKE,
				CompletableFuture.failedFuture(new IllegalStateException("cannot drain"))));
		ShutdownSequence shutdown = shutdown((event) -> {
			throw new IllegalStateException("no such listener");
		});
		shutdown.stop();
		shutdown.release();
		assertThat(shutdown.getStage()).isEqualTo(Stage.EXIT);
		assertThat(shutdown.finish().cutOff()).singleElement().asString().startsWith("work of broken");
		assertThat(this.calls).containsExactly("second announcer", "broken");
		assertThat(output).contains("no such supervisor").contains("cannot drain").contains("no such listener");
	}

	@Test
	void whenParticipantCanNotTellItsTasksThenTheStopStillEnds() {
		this.timeout = Duration.ofMillis(200);
		this.participants.add(new DrainParticipant() {

			@Override
			public String name() {
				return "mute";
			}

			@Override
			public Collection<ActiveTask> activeTasks() {
				throw new IllegalStateException("no idea");
			}

			@Override
			public CompletionStage<?> drain(Deadline deadline) {
				throw new IllegalStateException("not me");
			}

		});
		ShutdownSequence shutdown = shutdown();
		shutdown.stop();
		shutdown.release();
		assertThat(shutdown.getStage()).isEqualTo(Stage.EXIT);
		assertThat(shutdown.finish().cutOff()).singleElement().asString().startsWith("mute, which can not tell");
	}

	@Test
	void whenStageFailsThenTheNextOnesFollowAndTheStopIsNotClean() {
		ShutdownSequence shutdown = new ShutdownSequence(
				Budget.of(this.timeout, Duration.ZERO, null, new Percentage(20)), null,
				new Traffic(System::nanoTime, new WakeUp()), () -> {
					throw new IllegalStateException("no announcers");
				}, List::of, this.events::add, System::nanoTime);
		shutdown.stop();
		shutdown.release();
		assertThat(shutdown.getStage()).isEqualTo(Stage.EXIT);
		assertThat(shutdown.finish().cutOff()).containsExactly("the announce stage, which failed");
	}

	@Test
	void whenClassesAreGoneThenTheStopGoesOnAndIsNotClean() {
		this.tasks = List.of();
		CompletionStage<?> done = CompletableFuture.completedFuture(null);
		this.announcers.add((deadline) -> {
			throw new NoClassDefFoundError("Overwritten");
		});
		this.participants.add(new Participant("broken", Role.INTAKE, done) {

			@Override
			public CompletionStage<?> drain(Deadline deadline) {
				throw new NoClassDefFoundError("Overwritten");
			}

		});
		this.participants.add(participant("pool", Role.RESOURCE, done));
		ShutdownSequence shutdown = shutdown((event) -> {
			throw new NoClassDefFoundError("Overwritten");
		});
		shutdown.stop();
		shutdown.release();
		assertThat(this.calls).containsExactly("pool");
		assertThat(shutdown.finish().cutOff()).containsExactly("broken");
	}

	@Test
	void whenWorkGoesOnThoughItsDrainEndedThenItIsNamed() {
		this.participants.add(participant("hasty", Role.INTAKE, CompletableFuture.completedFuture(null)));
		ShutdownSequence shutdown = shutdown();
		shutdown.stop();
		shutdown.release();
		assertThat(shutdown.finish().cutOff()).singleElement().asString().startsWith("work of hasty");
	}

	@Test
	void whenParticipantNeverFinishesThenIsCutOffAtTheDeadlineAndNamed(CapturedOutput output) {
		this.timeout = Duration.ofMillis(200);
		this.participants.add(participant("stuck", Role.INTAKE, new CompletableFuture<>()));
		ShutdownSequence shutdown = shutdown();
		shutdown.stop();
		shutdown.release();
		Outcome outcome = shutdown.finish();
		assertThat(outcome.exitCode()).isEqualTo(1);
		assertThat(outcome.cutOff()).singleElement().asString().startsWith("work of stuck for 1.00 s on thread");
		assertThat(output).contains("Cut off: work of stuck")
			.contains("at java.base/java.lang.Thread.getStackTrace")
			.contains("Stopped forced in");
	}

	@Test
	void whenBudgetIsSpentThenTheRestIsNamedWithTheStackOfWhereTheStopHangs(CapturedOutput output) {
		ShutdownSequence shutdown = shutdown();
		shutdown.stop();
		shutdown.cutOffRest();
		assertThat(shutdown.finish().cutOff()).containsExactly("the release stage");
		assertThat(output).contains("Cut off: the release stage").contains(getClass().getName());
	}

	@Test
	void whenFinishedTwiceThenSaysSoOnce(CapturedOutput output) {
		ShutdownSequence shutdown = shutdown();
		shutdown.stop();
		shutdown.release();
		shutdown.finish();
		shutdown.finish();
		assertThat(output.getOut().split("Stopped clean")).hasSize(2);
	}

	@Test
	void whenBegunBySignalThenTheBudgetRunsFromThere() {
		FakeTime time = new FakeTime();
		ShutdownSequence shutdown = new ShutdownSequence(
				Budget.of(Duration.ofSeconds(10), Duration.ZERO, null, new Percentage(20)), null,
				new Traffic(time, time), List::of, List::of, this.events::add, time);
		shutdown.begin();
		time.pass(Duration.ofSeconds(4));
		shutdown.stop();
		assertThat(shutdown.begin().remaining()).isEqualTo(Duration.ofSeconds(6));
	}

	private ShutdownSequence shutdown() {
		return shutdown(this.events::add);
	}

	private ShutdownSequence shutdown(ApplicationEventPublisher publisher) {
		Budget budget = Budget.of(this.timeout, Duration.ZERO, null, new Percentage(20));
		return new ShutdownSequence(budget, null, new Traffic(System::nanoTime, new WakeUp()), () -> this.announcers,
				() -> this.participants, publisher, System::nanoTime);
	}

	private DrainParticipant participant(String name, Role role, CompletionStage<?> drained) {
		return new Participant(name, role, drained);
	}

	private class Participant implements DrainParticipant {

		private final String name;

		private final Role role;

		private final CompletionStage<?> drained;

		Participant(String name, Role role, CompletionStage<?> drained) {
			this.name = name;
			this.role = role;
			this.drained = drained;
		}

		@Override
		public String name() {
			return this.name;
		}

		@Override
		public Role role() {
			return this.role;
		}

		@Override
		public Collection<ActiveTask> activeTasks() {
			Collection<ActiveTask> tasks = ShutdownSequenceTests.this.tasks;
			return (tasks != null) ? tasks
					: List.of(new ActiveTask("work of " + this.name, Duration.ofSeconds(1), Thread.currentThread()));
		}

		@Override
		public CompletionStage<?> drain(Deadline deadline) {
			ShutdownSequenceTests.this.calls.add(this.name);
			return this.drained;
		}

	}

}
