package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.DrainParticipant.Role;
import io.github.gracefulboot.Outcome;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.shutdown.HandOver.Generation;
import io.github.gracefulboot.shutdown.OwnBeans.Named;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.traffic.WakeUp;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationEventPublisher;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShutdownSequence}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ShutdownSequenceTests {

	private final List<Named<Announcer>> announcers = new ArrayList<>();

	private final List<Named<DrainParticipant>> participants = new ArrayList<>();

	private final List<Named<StageListener>> listeners = new ArrayList<>();

	private final List<ThreadsAtWork> threads = new ArrayList<>();

	private final List<HandOver> handOvers = new ArrayList<>();

	private final List<Object> events = new ArrayList<>();

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private final Traffic traffic = new Traffic(System::nanoTime);

	private Duration timeout = Duration.ofSeconds(30);

	private @Nullable Collection<ActiveTask> tasks;

	private final CountDownLatch end = new CountDownLatch(1);

	private final Thread worker = DaemonThreads.start("worker", this::work);

	private void work() {
		try {
			this.end.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@AfterEach
	void endWork() {
		this.end.countDown();
		this.traffic.close();
	}

	@Test
	void whenStopsThenStagesComeInOrderAndEachIsAnEvent() {
		announcer((deadline) -> this.calls.add("announced"));
		this.tasks = List.of();
		this.participants.add(participant("pool", Role.RESOURCE));
		this.participants.add(participant("executor", Role.WORKER));
		this.participants.add(participant("queue", Role.QUEUE));
		this.participants.add(participant("server", Role.INTAKE));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
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
		announcer((deadline) -> {
			throw new IllegalStateException("no such supervisor");
		});
		announcer((deadline) -> this.calls.add("second announcer"));
		this.participants.add(participant("broken", Role.INTAKE, (deadline) -> {
			throw new IllegalStateException("cannot drain");
		}));
		ShutdownSequence shutdown = shutdown((event) -> {
			throw new IllegalStateException("no such listener");
		});
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.getStage()).isEqualTo(Stage.EXIT);
		assertThat(shutdown.finish().cutOff()).singleElement().asString().startsWith("work of broken");
		assertThat(this.calls).containsExactly("second announcer", "broken");
		assertThat(output).contains("no such supervisor").contains("cannot drain").contains("no such listener");
	}

	@Test
	void whenParticipantCanNotTellItsTasksThenTheStopStillEnds() {
		this.timeout = Duration.ofMillis(200);
		this.participants.add(new Named<>("mute", new DrainParticipant() {

			@Override
			public Collection<ActiveTask> activeTasks() {
				throw new IllegalStateException("no idea");
			}

			@Override
			public void drain(Deadline deadline) {
				throw new IllegalStateException("not me");
			}

		}));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.getStage()).isEqualTo(Stage.EXIT);
		assertThat(shutdown.finish().cutOff()).singleElement().asString().startsWith("mute, whose tasks are unknown");
	}

	@Test
	void whenStageFailsThenTheNextOnesFollowAndTheStopIsNotClean() {
		ShutdownSequence shutdown = new ShutdownSequence(
				Budget.of(this.timeout, Duration.ZERO, null, new Percentage(20)), null, this.traffic,
				new Members(() -> {
					throw new IllegalStateException("no announcers");
				}, List::of, List::of, List::of, Optional::empty, List::of), this.events::add, System::nanoTime);
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.getStage()).isEqualTo(Stage.EXIT);
		assertThat(shutdown.finish().cutOff()).containsExactly("the announce stage, which failed");
	}

	@Test
	void whenClassesAreGoneThenTheStopGoesOnAndIsNotClean() {
		this.tasks = List.of();
		announcer((deadline) -> {
			throw new NoClassDefFoundError("Overwritten");
		});
		this.participants.add(participant("broken", Role.INTAKE, (deadline) -> {
			throw new NoClassDefFoundError("Overwritten");
		}));
		this.participants.add(participant("pool", Role.RESOURCE));
		ShutdownSequence shutdown = shutdown((event) -> {
			throw new NoClassDefFoundError("Overwritten");
		});
		shutdown.run();
		shutdown.release();
		assertThat(this.calls).containsExactly("broken", "pool");
		assertThat(shutdown.finish().cutOff()).containsExactly("broken");
	}

	@Test
	void whenWorkGoesOnThoughItsDrainEndedThenItIsNamed() {
		this.participants.add(participant("hasty", Role.INTAKE));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.finish().cutOff()).singleElement().asString().startsWith("work of hasty");
	}

	@Test
	void whenParticipantNeverFinishesThenIsCutOffAtTheDeadlineAndNamed(CapturedOutput output) {
		this.timeout = Duration.ofMillis(200);
		this.participants.add(participant("stuck", Role.INTAKE, (deadline) -> Thread.sleep(60_000)));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.release();
		Outcome outcome = shutdown.finish();
		assertThat(outcome.exitCode()).isEqualTo(1);
		assertThat(outcome.cutOff()).singleElement().asString().startsWith("work of stuck for 1.0 s on thread");
		assertThat(output).contains("Cut off: work of stuck")
			.contains("ShutdownSequenceTests.work(")
			.contains("Shutdown forced after ");
	}

	@Test
	void whenBudgetIsSpentThenTheRestIsNamedWithTheStackOfWhereTheStopHangs(CapturedOutput output) {
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.cutOffRest();
		assertThat(shutdown.finish().cutOff()).containsExactly("the release stage");
		assertThat(output).contains("Cut off: the release stage").contains(getClass().getName());
	}

	@Test
	void whenParticipantTellsNoWorkAndNeverFinishesThenTheStackOfItsDrainSaysWhere(CapturedOutput output) {
		this.timeout = Duration.ofMillis(200);
		this.tasks = List.of();
		this.participants.add(participant("stuck", Role.INTAKE, (deadline) -> work()));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.finish().cutOff()).containsExactly("stuck");
		assertThat(output).containsPattern("Cut off: stuck\\R(\tat .*\\R)*\tat .*ShutdownSequenceTests\\.work\\(");
	}

	@Test
	void whenBudgetIsSpentThenOnlyWhoMayHaveWorkIsNamed() {
		this.tasks = List.of();
		this.participants.add(participant("executor", Role.WORKER));
		this.participants.add(participant("pool", Role.RESOURCE));
		this.participants.add(new Named<>("mute", new DrainParticipant() {

			@Override
			public Role role() {
				return Role.RESOURCE;
			}

			@Override
			public void drain(Deadline deadline) {
			}

		}));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.awaitDrain();
		shutdown.cutOffRest();
		assertThat(shutdown.finish().cutOff()).containsExactly("mute", "the release stage");
	}

	@Test
	void whenBudgetIsSpentBeforeTheDrainThenTheWorkInHandIsNamed() {
		this.participants.add(participant("server", Role.INTAKE));
		ShutdownSequence shutdown = shutdown();
		announcer((deadline) -> shutdown.cutOffRest());
		shutdown.run();
		assertThat(shutdown.finish().cutOff()).hasSize(2)
			.anySatisfy((what) -> assertThat(what).startsWith("work of server"))
			.contains("the announce stage");
	}

	@Test
	void whenNothingWatchesTheTrafficThenAnnouncersAreCalledAllTheSame() {
		Traffic unwatched = new Traffic(System::nanoTime, new WakeUp() {

			@Override
			public Runnable every(Duration period, String name, Runnable action) {
				throw new OutOfMemoryError("unable to create native thread");
			}

		});
		announcer((deadline) -> this.calls.add("announced"));
		ShutdownSequence shutdown = new ShutdownSequence(
				Budget.of(this.timeout, Duration.ZERO, null, new Percentage(20)), null, unwatched,
				new Members(() -> this.announcers, () -> this.participants, () -> this.listeners, () -> this.threads,
						() -> this.handOvers.stream().findFirst(), List::of),
				this.events::add, System::nanoTime);
		shutdown.run();
		shutdown.release();
		assertThat(this.calls).containsExactly("announced");
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenASupervisorAsksThenTheOutcomeSaysHow(CapturedOutput output) {
		ShutdownSequence shutdown = shutdown();
		shutdown.start(StopReason.SUPERVISOR, "PM2's shutdown message");
		shutdown.start(StopReason.SIGTERM);
		shutdown.run();
		shutdown.release();
		shutdown.finish();
		assertThat(shutdown.getReason()).isEqualTo(StopReason.SUPERVISOR);
		assertThat(output).containsPattern("Shutdown completed in .* \\(PM2's shutdown message; ");
	}

	@Test
	void whenFinishedTwiceThenSaysSoOnce(CapturedOutput output) {
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.release();
		shutdown.finish();
		shutdown.finish();
		assertThat(output.getOut().split("Shutdown completed in")).hasSize(2);
	}

	@Test
	void whenParticipantGivesItselfNoNameThenItGoesByItsBean() {
		DrainParticipant named = new DrainParticipant() {

			@Override
			public String name() {
				return "mail queue";
			}

			@Override
			public void drain(Deadline deadline) {
			}

		};
		this.participants.add(new Named<>("first", named));
		this.participants.add(new Named<>("second", (deadline) -> {
		}));
		assertThat(shutdown().getParticipants()).map(Participant::name).containsExactly("mail queue", "second");
	}

	@Test
	void whenTimeIsUpThenParticipantIsNamedBeforeItIsInterrupted() {
		this.timeout = Duration.ofMillis(200);
		this.participants.add(participant("stuck", Role.INTAKE, (deadline) -> {
			try {
				Thread.sleep(60_000);
			}
			finally {
				this.tasks = List.of();
			}
		}));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.awaitDrain();
		assertThat(shutdown.finish().cutOff()).singleElement().asString().startsWith("work of stuck");
		assertThat(this.tasks).isEmpty();
	}

	@Test
	void whenTheDrainMakesNoProgressThenOthersAreToldWhileItGoesOn() {
		CountDownLatch told = new CountDownLatch(1);
		this.participants.add(participant("server", Role.INTAKE, (deadline) -> {
			told.await();
			this.tasks = List.of();
		}));
		this.participants.add(participant("executors", Role.WORKER));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		assertThat(shutdown.getStage()).isEqualTo(Stage.DRAIN);
		assertThat(shutdown.isDraining()).isTrue();
		told.countDown();
		shutdown.awaitDrain();
		assertThat(shutdown.getStage()).isEqualTo(Stage.RELEASE);
		shutdown.release();
		assertThat(shutdown.finish().isClean()).isTrue();
		assertThat(this.calls).containsExactly("server", "executors");
	}

	@Test
	void whenRequestsAreWaitedForThenThreadsAreLookedAtMeanwhile() {
		CountDownLatch looked = new CountDownLatch(1);
		this.threads.add(() -> {
			looked.countDown();
			return List.of();
		});
		this.participants.add(participant("server", Role.INTAKE, (deadline) -> {
			looked.await();
			this.tasks = List.of();
		}));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenParticipantReturnsLateWithoutWorkThenItHasFinished() {
		this.timeout = Duration.ofMillis(200);
		this.tasks = List.of();
		this.participants.add(participant("late", Role.INTAKE, (deadline) -> deadline.await(() -> false)));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@ParameterizedTest
	@EnumSource(Role.class)
	void whenOnlyATaskThatClosesTheContextIsLeftThenItIsNotWaitedFor(Role role) {
		this.tasks = List.of(new ActiveTask("who closes", null, Thread.currentThread()));
		this.participants.add(participant("server", role, (deadline) -> Thread.sleep(60_000)));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.finish().isClean()).isTrue();
		assertThat(shutdown.getTimeline().entries())
			.allSatisfy((entry) -> assertThat(entry.took()).isLessThan(Duration.ofSeconds(10)));
	}

	@Test
	void whenAnotherTaskGoesOnBesideTheOneThatClosesTheContextThenItIsWaitedFor() {
		this.timeout = Duration.ofMillis(500);
		this.tasks = List.of(new ActiveTask("who closes", null, Thread.currentThread()),
				new ActiveTask("request", null, this.worker));
		this.participants.add(participant("server", Role.INTAKE, (deadline) -> Thread.sleep(60_000)));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.finish().cutOff()).anyMatch((task) -> task.startsWith("request"));
	}

	@Test
	void whenDrainTakesLongThenOneLineSaysWhatIsStillRunning(CapturedOutput output) {
		this.participants.add(participant("server", Role.INTAKE, (deadline) -> {
			Thread.sleep(2200);
			this.tasks = List.of();
		}));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.finish().isClean()).isTrue();
		assertThat(output.getOut().lines().filter((line) -> line.contains(" INFO "))).hasSize(2)
			.first()
			.asString()
			.contains("Draining server (up to 2")
			.contains(" s): work of server for 1.0 s on thread ");
	}

	@Test
	void whenStageChangesThenInnerListenersHearOfItBeforeTheEvent() {
		this.listeners.add(new Named<>("inner", (change) -> this.events.add(change.stage() + " inside")));
		ShutdownSequence shutdown = shutdown((event) -> this.events.add(((StageChangedEvent) event).getStage()));
		shutdown.run();
		assertThat(this.events).startsWith("ANNOUNCE inside", Stage.ANNOUNCE, "LAME_DUCK inside", Stage.LAME_DUCK);
	}

	@Test
	void whenAStageBeginsThenThatIsProgress() {
		FakeTime time = new FakeTime();
		this.tasks = List.of();
		this.participants.add(participant("server", Role.INTAKE, (deadline) -> time.pass(Duration.ofSeconds(2))));
		Map<Stage, Duration> still = new EnumMap<>(Stage.class);
		AtomicReference<ShutdownSequence> shutdown = new AtomicReference<>();
		this.listeners
			.add(new Named<>("inner", (change) -> still.put(change.stage(), shutdown.get().getTimeWithoutProgress())));
		shutdown.set(new ShutdownSequence(Budget.of(this.timeout, Duration.ZERO, null, new Percentage(20)), null,
				new Traffic(time, time), new Members(List::of, () -> this.participants, () -> this.listeners, List::of,
						Optional::empty, List::of),
				this.events::add, time));
		shutdown.get().run();
		shutdown.get().awaitDrain();
		assertThat(still).containsEntry(Stage.DRAIN, Duration.ZERO).containsEntry(Stage.RELEASE, Duration.ZERO);
	}

	@Test
	void whenTheSearchForWorkTakesTimeThenTheBudgetHasBegun() {
		FakeTime time = new FakeTime();
		ShutdownSequence shutdown = new ShutdownSequence(
				Budget.of(Duration.ofSeconds(10), Duration.ZERO, null, new Percentage(20)), null,
				new Traffic(time, time), new Members(List::of, () -> {
					time.pass(Duration.ofSeconds(3));
					return List.of();
				}, List::of, List::of, Optional::empty, List::of), this.events::add, time);
		assertThat(shutdown.start(StopReason.SIGTERM).remaining()).isEqualTo(Duration.ofSeconds(7));
	}

	@Test
	void whenTheDrainIsLeftBehindThenItDoesNotTakeTheStageBack() {
		CountDownLatch hangs = new CountDownLatch(1);
		AtomicReference<Thread> hanging = new AtomicReference<>();
		this.timeout = Duration.ofMillis(200);
		this.tasks = List.of();
		this.listeners.add(new Named<>("hanging", (change) -> {
			if (change.stage() == Stage.DRAIN) {
				hanging.set(Thread.currentThread());
				while (hangs.getCount() > 0) {
					LockSupport.park(hangs);
				}
			}
		}));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.getStage()).isEqualTo(Stage.EXIT);
		assertThat(shutdown.isDraining()).isTrue();
		hangs.countDown();
		LockSupport.unpark(hanging.get());
		Awaitility.await().until(() -> !shutdown.isDraining());
		assertThat(shutdown.getStage()).isEqualTo(Stage.EXIT);
		assertThat(shutdown.getTimeline().entries()).extracting(Timeline.Entry::stage)
			.containsExactly(Stage.ANNOUNCE, Stage.LAME_DUCK, Stage.DRAIN, Stage.EXIT);
		assertThat(shutdown.finish().isClean()).isFalse();
		assertThat(shutdown.getTimeline().entries()).noneMatch((entry) -> entry.end() == null);
	}

	@Test
	void whenBegunBySignalThenTheBudgetRunsFromThere() {
		FakeTime time = new FakeTime();
		ShutdownSequence shutdown = new ShutdownSequence(
				Budget.of(Duration.ofSeconds(10), Duration.ZERO, null, new Percentage(20)), null,
				new Traffic(time, time), new Members(List::of, List::of, List::of, List::of, Optional::empty, List::of),
				this.events::add, time);
		shutdown.start(StopReason.SIGTERM);
		time.pass(Duration.ofSeconds(4));
		shutdown.run();
		assertThat(shutdown.getDeadline().remaining()).isEqualTo(Duration.ofSeconds(6));
		assertThat(shutdown.getReason()).isEqualTo(StopReason.SIGTERM);
	}

	@Test
	void whenThreadDiesAtWorkThenItIsNamedWithItsStackAndTheOutcomeIsForced(CapturedOutput output) {
		this.tasks = List.of();
		Thread thread = this.worker;
		this.threads.add(() -> List.of(busy(thread)));
		ShutdownSequence shutdown = shutdown();
		shutdown.start(StopReason.SIGTERM);
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.getAbandonedThreads()).hasSize(1);
		Outcome outcome = shutdown.finish();
		String name = "thread " + thread.getName() + " (com.example.Jobs.run)";
		assertThat(outcome.cutOff()).containsExactly(name);
		assertThat(outcome.exitCode()).isOne();
		assertThat(output).contains("Abandoned: " + name + System.lineSeparator() + "\tat ")
			.contains("), abandoned: " + name);
	}

	@Test
	void whenSomebodyElseIsStillLookingThenNobodySaysThatNothingWasLost() throws Exception {
		this.tasks = List.of();
		CountDownLatch looking = new CountDownLatch(1);
		CountDownLatch found = new CountDownLatch(1);
		ShutdownSequence shutdown = shutdown();
		this.threads.add(() -> {
			boolean others = looking.getCount() == 0 && found.getCount() > 0;
			if (shutdown.getStage() != Stage.EXIT || others) {
				return List.of();
			}
			looking.countDown();
			Awaitility.await().until(() -> found.getCount() == 0);
			return List.of(busy(this.worker));
		});
		shutdown.start(StopReason.SIGTERM);
		shutdown.run();
		shutdown.release();
		CompletableFuture<Outcome> first = CompletableFuture.supplyAsync(shutdown::finish);
		looking.await();
		FutureTask<Outcome> second = new FutureTask<>(shutdown::finish);
		Thread thread = new Thread(second);
		thread.start();
		Awaitility.await()
			.until(() -> EnumSet.of(Thread.State.TIMED_WAITING, Thread.State.TERMINATED).contains(thread.getState()));
		found.countDown();
		assertThat(first.get().isClean()).isFalse();
		assertThat(second.get().isClean()).isFalse();
	}

	@Test
	void whenThreadEndsItsWorkSoonThenItIsNotNamed() {
		this.tasks = List.of();
		AtomicInteger looks = new AtomicInteger();
		this.threads.add(() -> (looks.incrementAndGet() == 1) ? List.of(busy(this.worker)) : List.of());
		ShutdownSequence shutdown = shutdown();
		shutdown.start(StopReason.SIGTERM);
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenWorkGoesFromOneThreadToTheNextThenTheLastOneIsNamed() {
		this.tasks = List.of();
		AtomicInteger looks = new AtomicInteger();
		this.threads.add(() -> List.of(new BusyThread(looks.get(), "step-" + looks.getAndIncrement(), false,
				"com.example.Jobs.run", List.of())));
		ShutdownSequence shutdown = shutdown();
		shutdown.start(StopReason.SIGTERM);
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.finish().cutOff())
			.contains("thread step-%d (com.example.Jobs.run)".formatted(looks.get() - 1));
	}

	@ParameterizedTest
	@CsvSource({ "com.example.Jobs.run, false",
			"io.github.gracefulboot.shutdown.ShutdownSequenceTests$Flusher.run, true",
			"io.github.gracefulboot.shutdown.ShutdownSequenceTests$Flusher$Task.run, true",
			"io.github.gracefulboot.shutdown.ShutdownSequenceTests.run, false" })
	void whenWorkEndsWithTheBeansThatItNeedsThenItIsNamedUnlessItsBeanEndsIt(String task, boolean clean) {
		this.tasks = List.of();
		AtomicBoolean destroyed = new AtomicBoolean();
		this.threads
			.add(() -> destroyed.get() ? List.of() : List.of(new BusyThread(4711, "import", false, task, List.of())));
		ShutdownSequence shutdown = shutdown();
		shutdown.start(StopReason.SIGTERM);
		shutdown.run();
		shutdown.release();
		destroyed.set(true);
		Outcome outcome = shutdown.finish();
		assertThat(outcome.isClean()).isEqualTo(clean);
		assertThat(outcome.cutOff()).hasSize(clean ? 0 : 1).allMatch(("thread import (" + task + ")")::equals);
	}

	@Test
	void whenWorkEndsWithTheTransactionThatIsWaitedForThenItIsNotNamed() {
		this.tasks = List.of();
		AtomicBoolean committed = new AtomicBoolean();
		this.threads.add(() -> committed.get() ? List.of() : List.of(busy(this.worker)));
		this.participants.add(participant("connections", Role.RESOURCE, (deadline) -> committed.set(true)));
		ShutdownSequence shutdown = shutdown();
		shutdown.start(StopReason.SIGTERM);
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenTheProcessWaitsForAThreadThenItIsNotNamed() {
		this.tasks = List.of();
		this.threads.add(() -> List.of(busy(this.worker)));
		ShutdownSequence shutdown = shutdown();
		shutdown.beforeTheEnd(() -> Set.of(this.worker));
		shutdown.start(StopReason.SIGTERM);
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenAnotherApplicationWaitsForAThreadThenItIsLeftToThat() {
		this.tasks = List.of();
		this.threads.add(() -> List.of(busy(this.worker)));
		ShutdownSequence shutdown = shutdown();
		shutdown.leaveToOthers(() -> Set.of(this.worker));
		shutdown.start(StopReason.SIGTERM);
		shutdown.run();
		shutdown.release();
		this.threads.clear();
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenOnlyTheContextClosesThenThreadsAreLeftAlone() {
		this.tasks = List.of();
		this.threads.add(() -> List.of(busy(this.worker)));
		ShutdownSequence shutdown = shutdown();
		shutdown.run();
		shutdown.release();
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenOthersServeThePortOnThenNobodyIsWaitedForInTheLameDuckStage() {
		this.handOvers.add(new FixedHandOver());
		ShutdownSequence shutdown = withLameDuck();
		assertThat(shutdown.isPortServedOn()).isFalse();
		shutdown.run();
		assertThat(shutdown.isPortServedOn()).isTrue();
		assertThat(shutdown.getTimeline().entries()).filteredOn((entry) -> entry.stage() == Stage.LAME_DUCK)
			.singleElement()
			.satisfies((entry) -> assertThat(entry.end().how()).isEqualTo(
					new StageEnd(StageResult.NOTHING_TO_WAIT_FOR, "another process serves the port", "served-on")));
		assertThat(shutdown.plan(Collections.emptySortedMap()).steps()).extracting(ShutdownPlan.Step::action)
			.doesNotContain("keep serving");
	}

	@Test
	void whenNobodyServesThePortOnThenTheLameDuckStageIsAsEver() {
		this.handOvers.add(new FixedHandOver(false, null, null));
		ShutdownSequence shutdown = withLameDuck();
		shutdown.run();
		assertThat(shutdown.isPortServedOn()).isFalse();
		assertThat(shutdown.getTimeline().entries()).filteredOn((entry) -> entry.stage() == Stage.LAME_DUCK)
			.singleElement()
			.satisfies((entry) -> assertThat(entry.end().how().by()).isNotEqualTo("served-on"));
		assertThat(shutdown.plan(Collections.emptySortedMap()).steps()).extracting(ShutdownPlan.Step::action)
			.contains("keep serving");
	}

	@Test
	void whenTheHandOverComesIntoBeingLaterThenItIsFoundAllTheSame() {
		Generation before = new Generation(4711, Instant.EPOCH);
		ShutdownSequence shutdown = shutdown();
		assertThat(shutdown.getTakenOverFrom()).isNull();
		this.handOvers.add(new FixedHandOver(false, before, null));
		assertThat(shutdown.getTakenOverFrom()).isEqualTo(before);
		assertThat(shutdown.getHandedOverTo()).isNull();
	}

	@Test
	void whenTheBeansAreGoneThenTheHandOverIsStillKnown() {
		Generation next = new Generation(4712, Instant.EPOCH);
		this.handOvers.add(new FixedHandOver(true, null, next));
		ShutdownSequence shutdown = shutdown();
		shutdown.start(StopReason.HAND_OVER);
		this.handOvers.clear();
		assertThat(shutdown.getHandedOverTo()).isEqualTo(next);
		assertThat(shutdown.isPortServedOn()).isTrue();
	}

	private ShutdownSequence withLameDuck() {
		return new ShutdownSequence(Budget.of(this.timeout, Duration.ZERO, null, new Percentage(20)),
				new LameDuck(null, false, 1, Duration.ZERO, this.traffic, System::nanoTime), this.traffic,
				new Members(() -> this.announcers, () -> this.participants, () -> this.listeners, () -> this.threads,
						() -> this.handOvers.stream().findFirst(), List::of),
				this.events::add, System::nanoTime);
	}

	private static BusyThread busy(Thread thread) {
		return new BusyThread(thread.getId(), thread.getName(), false, "com.example.Jobs.run",
				List.of(thread.getStackTrace()));
	}

	private ShutdownSequence shutdown() {
		return shutdown(this.events::add);
	}

	private ShutdownSequence shutdown(ApplicationEventPublisher publisher) {
		Budget budget = Budget.of(this.timeout, Duration.ZERO, null, new Percentage(20));
		return new ShutdownSequence(
				budget, null, this.traffic, new Members(() -> this.announcers, () -> this.participants,
						() -> this.listeners, () -> this.threads, () -> this.handOvers.stream().findFirst(), List::of),
				publisher, System::nanoTime);
	}

	private void announcer(Announcer announcer) {
		this.announcers.add(new Named<>("announcer" + this.announcers.size(), announcer));
	}

	private Named<DrainParticipant> participant(String name, Role role) {
		return participant(name, role, (deadline) -> {
		});
	}

	private Named<DrainParticipant> participant(String name, Role role, DrainParticipant drain) {
		return new Named<>(name, new DrainParticipant() {

			@Override
			public Role role() {
				return role;
			}

			@Override
			public Collection<ActiveTask> activeTasks() {
				Collection<ActiveTask> tasks = ShutdownSequenceTests.this.tasks;
				return (tasks != null) ? tasks : List
					.of(new ActiveTask("work of " + name, Duration.ofSeconds(1), ShutdownSequenceTests.this.worker));
			}

			@Override
			public void drain(Deadline deadline) throws Exception {
				ShutdownSequenceTests.this.calls.add(name);
				drain.drain(deadline);
			}

		});
	}

	/**
	 * Ends its thread by itself.
	 */
	private static final class Flusher implements DisposableBean {

		@Override
		public void destroy() {
			throw new UnsupportedOperationException();
		}

		private static final class Task {

		}

	}

}
