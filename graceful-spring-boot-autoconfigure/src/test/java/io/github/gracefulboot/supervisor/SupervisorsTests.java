package io.github.gracefulboot.supervisor;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.shutdown.HandOver;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Supervisors} and {@link SupervisorLink}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SupervisorsTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	private boolean processEnds = true;

	private HandOver.@Nullable Generation handedOverTo;

	private final List<String> stopRequests = new CopyOnWriteArrayList<>();

	private final CountDownLatch end = new CountDownLatch(1);

	private @Nullable Supervisors supervisors;

	@AfterEach
	void destroy() {
		this.end.countDown();
		if (this.supervisors != null) {
			this.supervisors.destroy();
		}
	}

	@Test
	void whenToldThenEachHearsAllOfItInOrder() {
		RecordingSupervisor first = new RecordingSupervisor("first");
		RecordingSupervisor second = new RecordingSupervisor("second");
		Supervisors supervisors = supervisors(first, second);
		supervisors.status("Starting");
		supervisors.readiness(true);
		supervisors.ready();
		supervisors.status("Ready");
		supervisors.status("Ready");
		supervisors.readiness(false);
		stop(supervisors);
		supervisors.status("Stopping");
		supervisors.destroy();
		assertThat(first.told()).containsExactly("open", "status Starting", "accepting", "ready", "status Ready",
				"refusing", "stopping", "status Stopping");
		assertThat(second.told()).isEqualTo(first.told());
	}

	@Test
	void whenOneThrowsThenItIsWarnedOfOnceAndStillToldTheNext(CapturedOutput output) {
		RecordingSupervisor broken = new RecordingSupervisor("broken") {

			@Override
			void tell(String message) throws IOException {
				super.tell(message);
				if (message.equals("accepting")) {
					throw new IOException("no line");
				}
				if (message.equals("ready")) {
					throw new IllegalStateException("no use");
				}
			}

		};
		RecordingSupervisor healthy = new RecordingSupervisor();
		Supervisors supervisors = supervisors(broken, healthy);
		supervisors.readiness(true);
		supervisors.ready();
		stop(supervisors);
		supervisors.destroy();
		assertThat(broken.told()).containsExactly("open", "accepting", "ready", "stopping");
		assertThat(healthy.told()).isEqualTo(broken.told());
		assertThat(warnings(output)).singleElement()
			.asString()
			.endsWith("broken could not be notified, continuing without it: no line");
	}

	@Test
	void whenOneCanNotBeOpenedThenItIsWarnedOfOnceAndToldNothing(CapturedOutput output) {
		List<String> told = new CopyOnWriteArrayList<>();
		RecordingSupervisor closed = new RecordingSupervisor("closed") {

			@Override
			public void open() throws IOException {
				throw new IOException("there is no way: build one");
			}

			@Override
			void tell(String message) {
				told.add(message);
			}

			@Override
			public void listen(Consumer<String> stopRequests) {
				told.add("listen");
			}

		};
		RecordingSupervisor healthy = new RecordingSupervisor();
		tellAll(supervisors(closed, healthy));
		assertThat(told).isEmpty();
		assertThat(healthy.told()).hasSize(4);
		assertThat(warnings(output)).singleElement()
			.asString()
			.endsWith("closed cannot be notified of startup and shutdown: there is no way: build one");
	}

	@Test
	void whenLibraryIsMissingThenTheOthersAreTold(CapturedOutput output) {
		RecordingSupervisor unlinked = new RecordingSupervisor("unlinked") {

			@Override
			public void open() {
				throw new NoClassDefFoundError("com/sun/jna/Library");
			}

		};
		RecordingSupervisor halfLinked = new RecordingSupervisor("half-linked") {

			@Override
			public void ready() {
				throw new UnsatisfiedLinkError("libc");
			}

		};
		RecordingSupervisor healthy = new RecordingSupervisor();
		tellAll(supervisors(unlinked, halfLinked, healthy));
		assertThat(unlinked.told()).isEmpty();
		assertThat(halfLinked.told()).containsExactly("open", "accepting", "stopping");
		assertThat(healthy.told()).hasSize(4);
		assertThat(warnings(output)).hasSize(2)
			.anyMatch((line) -> line.contains("unlinked cannot be notified") && line.contains("com/sun/jna/Library"))
			.anyMatch((line) -> line.contains("half-linked could not be notified") && line.contains("libc"));
	}

	@Test
	void whenOnlyTheContextClosesThenNothingFinalIsSaid() {
		this.processEnds = false;
		RecordingSupervisor supervisor = new RecordingSupervisor();
		Supervisors supervisors = supervisors(supervisor);
		supervisors.ready();
		supervisors.readiness(false);
		stop(supervisors);
		supervisors.ready();
		supervisors.destroy();
		assertThat(supervisor.told()).containsExactly("open", "ready", "refusing");
	}

	@Test
	void whenOneHangsThenItHoldsUpNobody(CapturedOutput output) {
		AtomicReference<Thread> hanging = new AtomicReference<>();
		RecordingSupervisor hung = hangingAt("accepting", hanging);
		RecordingSupervisor healthy = new RecordingSupervisor();
		Supervisors supervisors = supervisors(hung, healthy);
		supervisors.readiness(true);
		soon().until(() -> hanging.get() != null);
		long since = System.nanoTime();
		supervisors.ready();
		stop(supervisors);
		assertThat(since(since)).isLessThan(Duration.ofSeconds(5));
		soon()
			.untilAsserted(() -> assertThat(healthy.told()).containsExactly("open", "accepting", "ready", "stopping"));
		since = System.nanoTime();
		supervisors.destroy();
		assertThat(since(since)).isBetween(Duration.ofMillis(190), Duration.ofSeconds(5));
		assertThat(warnings(output)).isEmpty();
	}

	@Test
	void whenOneHangsThenItIsInterruptedAtTheEndAndToldNothingMore() {
		AtomicReference<Thread> hanging = new AtomicReference<>();
		RecordingSupervisor hung = hangingAt("accepting", hanging);
		Supervisors supervisors = supervisors(hung);
		supervisors.readiness(true);
		supervisors.ready();
		soon().until(() -> hanging.get() != null);
		supervisors.destroy();
		soon().until(() -> !hanging.get().isAlive());
		assertThat(hung.told()).containsExactly("open");
	}

	@Test
	void whenNobodyHangsThenTheEndDoesNotWait() {
		// Whoever waits does so each time; a busy machine does not
		List<Duration> waits = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			Supervisors supervisors = supervisors(new RecordingSupervisor(), new RecordingSupervisor());
			stop(supervisors);
			long since = System.nanoTime();
			supervisors.destroy();
			waits.add(since(since));
		}
		assertThat(waits).anyMatch((wait) -> wait.toMillis() < 190);
	}

	@Test
	void whenOneTakesNoMessagesThenTheyAreDroppedWithOneWarning(CapturedOutput output) {
		AtomicReference<Thread> hanging = new AtomicReference<>();
		RecordingSupervisor hung = hangingAt("open", hanging);
		RecordingSupervisor healthy = new RecordingSupervisor();
		Supervisors supervisors = supervisors(hung, healthy);
		soon().until(() -> hanging.get() != null);
		for (int i = 0; i < 200; i++) {
			supervisors.status(String.valueOf(i));
			int expected = i + 2;
			soon().until(() -> healthy.told().size() == expected);
		}
		assertThat(warnings(output)).singleElement()
			.asString()
			.endsWith("hung accepts no messages, continuing without it: 64 are waiting");
		this.end.countDown();
		soon().untilAsserted(() -> assertThat(hung.told()).hasSize(65).endsWith("status 63"));
	}

	@Test
	void whenOneAsksForTheStopThenItIsPassedOn() {
		RecordingSupervisor asking = new RecordingSupervisor() {

			@Override
			public void listen(Consumer<String> stopRequests) {
				stopRequests.accept("a whim");
				stopRequests.accept("another");
			}

		};
		supervisors(asking);
		soon().untilAsserted(() -> assertThat(this.stopRequests).containsExactly("a whim", "another"));
	}

	@Test
	void whenOneAsksForTheStopAfterTheEndThenNobodyIsAsked() throws Exception {
		CountDownLatch listening = new CountDownLatch(1);
		CountDownLatch asked = new CountDownLatch(1);
		Supervisors supervisors = supervisors(new RecordingSupervisor() {

			@Override
			public void listen(Consumer<String> stopRequests) throws IOException {
				listening.countDown();
				try {
					SupervisorsTests.this.end.await();
				}
				catch (InterruptedException ex) {
					throw new IOException(ex);
				}
				stopRequests.accept("a late whim");
				asked.countDown();
			}

		});
		listening.await();
		supervisors.destroy();
		this.end.countDown();
		asked.await();
		assertThat(this.stopRequests).isEmpty();
	}

	@Test
	void whenOneCanNotBeListenedToThenItIsStillTold(CapturedOutput output) {
		RecordingSupervisor deaf = new RecordingSupervisor("deaf") {

			@Override
			public void listen(Consumer<String> stopRequests) throws IOException {
				throw new IOException("noise");
			}

		};
		Supervisors supervisors = supervisors(deaf);
		soon().untilAsserted(() -> assertThat(warnings(output)).singleElement()
			.asString()
			.endsWith("deaf cannot be listened to, continuing without it: noise"));
		supervisors.ready();
		supervisors.destroy();
		assertThat(deaf.told()).containsExactly("open", "ready");
	}

	@Test
	void whenExtendedThenOnlyThosePatientEnoughAreAsked() {
		RecordingSupervisor patient = new RecordingSupervisor();
		patient.patience = Duration.ofSeconds(2);
		RecordingSupervisor impatient = new RecordingSupervisor();
		impatient.patience = Duration.ofSeconds(1);
		RecordingSupervisor indifferent = new RecordingSupervisor();
		Supervisors supervisors = supervisors(patient, impatient, indifferent);
		supervisors.extend(Duration.ofSeconds(1));
		supervisors.extend(Duration.ofSeconds(2));
		supervisors.destroy();
		assertThat(patient.told()).containsExactly("open", "extend");
		assertThat(impatient.told()).containsExactly("open");
		assertThat(indifferent.told()).containsExactly("open");
	}

	@Test
	void whenOneCanNotTellItsPatienceThenTheOthersAreExtended(CapturedOutput output) {
		RecordingSupervisor moody = new RecordingSupervisor("moody") {

			@Override
			public Optional<Duration> patience() {
				throw new IllegalStateException("not today");
			}

		};
		RecordingSupervisor patient = new RecordingSupervisor();
		patient.patience = SOON;
		Supervisors supervisors = supervisors(moody, patient);
		supervisors.extend(Duration.ZERO);
		supervisors.destroy();
		assertThat(patient.told()).containsExactly("open", "extend");
		assertThat(warnings(output)).singleElement()
			.asString()
			.contains("moody could not be notified")
			.contains("not today");
	}

	@Test
	void whenReloadedThenSaysWhenItBeginsAndEnds() {
		RecordingSupervisor supervisor = new RecordingSupervisor();
		Supervisors supervisors = supervisors(supervisor);
		supervisors.ready();
		List<String> calls = new CopyOnWriteArrayList<>();
		supervisors.reload(() -> calls.add(Thread.currentThread().getName()));
		supervisors.destroy();
		assertThat(calls).containsExactly(Thread.currentThread().getName());
		assertThat(supervisor.told()).containsExactly("open", "ready", "reloading", "ready");
	}

	@Test
	void whenReloadFailsThenItIsOverAllTheSame() {
		RecordingSupervisor supervisor = new RecordingSupervisor();
		Supervisors supervisors = supervisors(supervisor);
		supervisors.ready();
		assertThatIllegalStateException().isThrownBy(() -> supervisors.reload(() -> {
			throw new IllegalStateException("bad configuration");
		})).withMessage("bad configuration");
		supervisors.destroy();
		assertThat(supervisor.told()).containsExactly("open", "ready", "reloading", "ready");
	}

	@Test
	void whenReloadedBeforeTheStartIsOverThenIsNotReadyYet() {
		RecordingSupervisor supervisor = new RecordingSupervisor();
		Supervisors supervisors = supervisors(supervisor);
		supervisors.reload(() -> {
		});
		supervisors.destroy();
		assertThat(supervisor.told()).doesNotContain("ready");
	}

	@Test
	void whenStopHasBegunThenReadyIsNotSaidAnyMore() {
		RecordingSupervisor supervisor = new RecordingSupervisor();
		Supervisors supervisors = supervisors(supervisor);
		supervisors.ready();
		stop(supervisors);
		supervisors.ready();
		supervisors.reload(() -> {
		});
		supervisors.destroy();
		assertThat(supervisor.told()).containsExactly("open", "ready", "stopping");
	}

	@Test
	void whenAnotherProcessTakesTheirPlaceThenThatIsTheLastThingTheyHear() {
		RecordingSupervisor first = new RecordingSupervisor("first");
		RecordingSupervisor second = new RecordingSupervisor("second");
		Supervisors supervisors = supervisors(first, second);
		supervisors.readiness(true);
		supervisors.ready();
		this.handedOverTo = new HandOver.Generation(4711, Instant.EPOCH);
		supervisors.readiness(false);
		stop(supervisors);
		supervisors.status("Stopping");
		supervisors.readiness(true);
		this.handedOverTo = new HandOver.Generation(4712, Instant.EPOCH);
		supervisors.status("Stopping for longer");
		this.handedOverTo = null;
		supervisors.status("Stopping for even longer");
		supervisors.destroy();
		assertThat(first.told()).containsExactly("open", "accepting", "ready", "handed over to 4711");
		assertThat(second.told()).isEqualTo(first.told());
	}

	@Test
	void whenSupervisorKnowsNothingOfAHandOverThenItHearsNothing(CapturedOutput output) {
		List<String> told = new CopyOnWriteArrayList<>();
		Supervisors supervisors = supervisors(new Supervisor() {

			@Override
			public void stopping() {
				told.add("stopping");
			}

		});
		this.handedOverTo = new HandOver.Generation(4711, Instant.EPOCH);
		stop(supervisors);
		supervisors.destroy();
		assertThat(told).isEmpty();
		assertThat(warnings(output)).isEmpty();
	}

	@Test
	void whenAllIsOverThenNothingIsToldAndNoThreadIsLeft(CapturedOutput output) {
		RecordingSupervisor supervisor = new RecordingSupervisor("departed");
		Supervisors supervisors = supervisors(supervisor);
		supervisors.destroy();
		tellAll(supervisors);
		supervisors.destroy();
		assertThat(supervisor.told()).containsExactly("open");
		assertThat(supervisor.disconnected).isTrue();
		assertThat(output).isEmpty();
		soon().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.noneMatch((name) -> name.contains("departed")));
	}

	@Test
	void whenInterruptedAtTheEndThenStaysInterrupted() {
		AtomicReference<Thread> hanging = new AtomicReference<>();
		Supervisors supervisors = supervisors(hangingAt("open", hanging));
		soon().until(() -> hanging.get() != null);
		Thread.currentThread().interrupt();
		supervisors.destroy();
		assertThat(Thread.interrupted()).isTrue();
	}

	private Supervisors supervisors(Supervisor... supervisors) {
		Supervisors result = new Supervisors(RecordingSupervisor.named(supervisors), this.stopRequests::add,
				() -> this.processEnds, () -> this.handedOverTo);
		this.supervisors = result;
		return result;
	}

	private RecordingSupervisor hangingAt(String where, AtomicReference<Thread> hanging) {
		return new RecordingSupervisor("hung") {

			@Override
			void tell(String message) throws IOException {
				if (message.equals(where)) {
					hanging.set(Thread.currentThread());
					try {
						SupervisorsTests.this.end.await();
					}
					catch (InterruptedException ex) {
						throw new IOException("interrupted", ex);
					}
				}
				super.tell(message);
			}

		};
	}

	private static void tellAll(Supervisors supervisors) {
		supervisors.readiness(true);
		supervisors.ready();
		stop(supervisors);
		supervisors.destroy();
	}

	private static void stop(Supervisors supervisors) {
		supervisors.announceStop(Deadline.after(System::nanoTime, SOON));
	}

	private static List<String> warnings(CapturedOutput output) {
		return output.getAll().lines().filter((line) -> line.contains("WARN")).toList();
	}

	private static Duration since(long nanos) {
		return Duration.ofNanos(System.nanoTime() - nanos);
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(SOON).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
	}

}
