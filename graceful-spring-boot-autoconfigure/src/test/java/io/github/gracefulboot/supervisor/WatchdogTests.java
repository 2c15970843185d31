package io.github.gracefulboot.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.github.gracefulboot.Deadline;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Watchdog} and {@link DeadlockCheck}.
 */
@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class WatchdogTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	private static final Duration INTERVAL = Duration.ofMillis(50);

	private static final String WILL_KILL = "systemd gets no signs of life any more and will kill this process: ";

	private final List<LivenessCheck> checks = new CopyOnWriteArrayList<>();

	private final RecordingSupervisor supervisor = new RecordingSupervisor("systemd");

	private final AtomicReference<@Nullable Deadline> stop = new AtomicReference<>();

	private Supervisors supervisors = new Supervisors(RecordingSupervisor.named(this.supervisor), (reason) -> {
	}, () -> true, () -> null);

	private Watchdog watchdog = watchdog(this.supervisors, () -> this.checks);

	@AfterEach
	void whenAllIsOverThenNoThreadIsLeft() {
		this.supervisors.destroy();
		soon().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.doesNotContain("graceful-watchdog", "graceful-liveness"));
	}

	@Test
	void whenNobodyWantsSignsOfLifeThenNothingIsChecked() {
		this.checks.add(() -> {
			throw new AssertionError();
		});
		this.watchdog.start();
		this.supervisors.destroy();
		assertThat(this.supervisor.told()).containsExactly("open");
	}

	@Test
	void whenLiveThenGivesTwoSignsOfLifeInEachTimeout() {
		long since = System.nanoTime();
		start();
		soon().until(() -> alive() >= 5);
		assertThat(Duration.ofNanos(System.nanoTime() - since)).isGreaterThanOrEqualTo(INTERVAL.multipliedBy(4));
	}

	@Test
	void whenNotLiveThenGivesNoneAndWarnsOnceUntilItIsAgain(CapturedOutput output) {
		LivenessCheck broken = () -> Optional.of("it is broken");
		start();
		soon().until(() -> alive() > 0);
		this.checks.add(() -> Optional.empty());
		this.checks.add(broken);
		staysSilent();
		assertThat(reasons(output)).containsExactly("it is broken");
		this.checks.remove(broken);
		long before = alive();
		soon().until(() -> alive() > before + 1);
		this.checks.add(broken);
		soon().untilAsserted(() -> assertThat(reasons(output)).containsExactly("it is broken", "it is broken"));
	}

	@Test
	void whenCheckHangsThenGivesNoSignOfLifeAndWarnsOnce(CapturedOutput output) {
		CountDownLatch end = new CountDownLatch(1);
		start();
		soon().until(() -> alive() > 0);
		this.checks.add(() -> {
			awaitInterruptibly(end);
			return Optional.empty();
		});
		staysSilent();
		assertThat(warnings(output)).singleElement().asString().endsWith("its liveness checks do not return");
		long before = alive();
		end.countDown();
		soon().until(() -> alive() > before + 1);
		assertThat(warnings(output)).hasSize(1);
	}

	@Test
	void whenCheckTakesLongToSayWhyThenThatIsWarnedOfToo(CapturedOutput output) {
		CountDownLatch end = new CountDownLatch(1);
		this.checks.add(() -> {
			awaitInterruptibly(end);
			return Optional.of("it is broken");
		});
		start();
		soon().untilAsserted(() -> assertThat(warnings(output)).hasSize(1));
		end.countDown();
		soon().untilAsserted(() -> assertThat(reasons(output)).containsExactly("it is broken"));
		staysSilent();
		assertThat(warnings(output)).hasSize(2);
	}

	@Test
	void whenCheckHangsForEverThenTheEndDoesNotWaitForIt() {
		CountDownLatch hanging = new CountDownLatch(1);
		this.checks.add(() -> {
			hanging.countDown();
			awaitInterruptibly(new CountDownLatch(1));
			return Optional.empty();
		});
		start();
		soon().until(() -> hanging.getCount() == 0);
		this.supervisors.destroy();
		assertThat(alive()).isZero();
	}

	@Test
	void whenStopHasBegunThenThatIsASignOfLifeUntilItsBudgetIsSpent() {
		AtomicLong now = new AtomicLong();
		this.checks.add(() -> {
			awaitInterruptibly(new CountDownLatch(1));
			return Optional.empty();
		});
		start();
		this.stop.set(Deadline.after(now::get, SOON));
		long before = alive();
		soon().until(() -> alive() > before + 3);
		now.set(SOON.toNanos());
		staysSilent();
	}

	/**
	 * As an application does that restarts within its process.
	 */
	@Test
	void whenOnlyTheContextClosesThenSignsOfLifeGoOnUntilTheNextIsReady() {
		this.watchdog = new Watchdog(this.supervisors, this.stop::get, () -> this.checks, () -> false, SOON);
		start();
		soon().until(() -> alive() > 0);
		this.supervisors.destroy();
		long before = alive();
		soon().until(() -> alive() > before + 5);
		assertThat(this.supervisor.disconnected).isFalse();
		RecordingSupervisor next = new RecordingSupervisor("systemd");
		next.watchdog = INTERVAL.multipliedBy(2);
		this.supervisors = new Supervisors(RecordingSupervisor.named(next), (reason) -> {
		}, () -> true, () -> null);
		watchdog(this.supervisors, () -> this.checks).start();
		soon().until(() -> next.count("alive") > 2);
		soon().until(() -> this.supervisor.disconnected);
		staysSilent();
	}

	/**
	 * Such as a moment without memory.
	 */
	@Test
	void whenALookFailsThenTheNextSignOfLifeComesAllTheSame() {
		AtomicBoolean fails = new AtomicBoolean();
		this.watchdog = new Watchdog(this.supervisors, () -> {
			if (fails.getAndSet(false)) {
				throw new OutOfMemoryError("no memory");
			}
			return null;
		}, () -> this.checks, () -> true, SOON);
		start();
		soon().until(() -> alive() > 0);
		fails.set(true);
		soon().until(() -> !fails.get());
		long before = alive();
		soon().until(() -> alive() > before + 1);
	}

	@Test
	void whenNoContextIsReadyInTimeThenSignsOfLifeEnd() {
		this.watchdog = new Watchdog(this.supervisors, this.stop::get, () -> this.checks, () -> false,
				INTERVAL.multipliedBy(4));
		start();
		soon().until(() -> alive() > 0);
		this.supervisors.destroy();
		soon().until(() -> this.supervisor.disconnected);
		staysSilent();
	}

	@Test
	void whenCheckFailsThenThatIsNoReasonToBeKilled(CapturedOutput output) {
		this.checks.add(() -> {
			throw new IllegalStateException("no idea");
		});
		this.checks.add(() -> {
			throw new NoClassDefFoundError("no class");
		});
		// On a busy machine a check may take longer than the usual interval
		start(INTERVAL.multipliedBy(6));
		soon().until(() -> alive() >= 3);
		assertThat(warnings(output)).isEmpty();
	}

	@Test
	void whenNobodyCanCheckThenThatIsNoReasonToBeKilled() {
		this.watchdog = watchdog(this.supervisors, () -> {
			throw new IllegalStateException("no beans");
		});
		start();
		soon().until(() -> alive() >= 3);
	}

	@Test
	void whenSupervisorCanNotTellWhatItWantsThenTheOthersGetTheirs(CapturedOutput output) {
		RecordingSupervisor moody = new RecordingSupervisor("moody") {

			@Override
			public Optional<Duration> watchdogTimeout() {
				throw new IllegalStateException("not today");
			}

		};
		RecordingSupervisor confused = new RecordingSupervisor("confused");
		confused.watchdog = Duration.ZERO;
		this.supervisors.destroy();
		this.supervisors = new Supervisors(RecordingSupervisor.named(moody, confused, this.supervisor), (reason) -> {
		}, () -> true, () -> null);
		this.watchdog = watchdog(this.supervisors, () -> this.checks);
		start();
		soon().until(() -> alive() >= 3);
		assertThat(warnings(output)).filteredOn((line) -> line.contains("could not be notified"))
			.hasSize(2)
			.anyMatch((line) -> line.contains("moody could not be notified"))
			.anyMatch((line) -> line.contains("confused could not be notified"));
	}

	@Test
	void whenTwoThreadsWaitForEachOtherThenGivesNoSignOfLife(CapturedOutput output) throws Exception {
		this.checks.add(new DeadlockCheck());
		start();
		soon().until(() -> alive() > 0);
		ReentrantLock one = new ReentrantLock();
		ReentrantLock other = new ReentrantLock();
		CountDownLatch bothLocked = new CountDownLatch(2);
		Thread first = lockBoth("first-locker", one, other, bothLocked);
		Thread second = lockBoth("second-locker", other, one, bothLocked);
		try {
			soon().until(() -> one.hasQueuedThreads() && other.hasQueuedThreads());
			staysSilent();
			assertThat(reasons(output)).singleElement()
				.asString()
				.startsWith("deadlock: ")
				.contains("first-locker waits for java.util.concurrent.locks.ReentrantLock$")
				.contains("held by second-locker");
		}
		finally {
			first.interrupt();
			first.join();
			second.join();
		}
		long before = alive();
		soon().until(() -> alive() > before);
	}

	private static Thread lockBoth(String name, ReentrantLock mine, ReentrantLock yours, CountDownLatch bothLocked) {
		Thread thread = new Thread(() -> {
			mine.lock();
			try {
				bothLocked.countDown();
				bothLocked.await();
				yours.lockInterruptibly();
				yours.unlock();
			}
			catch (InterruptedException ex) {
				// The end of the deadlock
			}
			finally {
				mine.unlock();
			}
		}, name);
		thread.start();
		return thread;
	}

	private Watchdog watchdog(Supervisors supervisors, Supplier<List<LivenessCheck>> checks) {
		return new Watchdog(supervisors, this.stop::get, checks, () -> true, SOON);
	}

	private void start() {
		start(INTERVAL);
	}

	private void start(Duration interval) {
		this.supervisor.watchdog = interval.multipliedBy(2);
		this.watchdog.start();
	}

	private void staysSilent() {
		this.supervisor.awaitNoMore("alive", INTERVAL.multipliedBy(6));
	}

	private long alive() {
		return this.supervisor.count("alive");
	}

	private static void awaitInterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static List<String> warnings(CapturedOutput output) {
		return output.getAll().lines().filter((line) -> line.contains("WARN")).toList();
	}

	/**
	 * Returns the reasons that were given, without that checks took long, which those of
	 * a busy machine may do.
	 */
	private static List<String> reasons(CapturedOutput output) {
		return warnings(output).stream()
			.map((line) -> line.substring(line.indexOf(WILL_KILL) + WILL_KILL.length()))
			.filter((reason) -> !reason.equals("its liveness checks do not return"))
			.toList();
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(SOON).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
	}

}
