package io.github.gracefulboot.supervisor;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Heartbeat}.
 */
@Timeout(30)
class HeartbeatTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	private final RecordingSupervisor supervisor = new RecordingSupervisor();

	private final Supervisors supervisors = new Supervisors(RecordingSupervisor.named(this.supervisor), (reason) -> {
	}, () -> true, () -> null);

	private final Looks work = new Looks();

	private final Heartbeat heartbeat = new Heartbeat(this.supervisors, "graceful-test-heart", this.work);

	@AfterEach
	void whenStoppedThenNoThreadIsLeft() {
		this.heartbeat.stop();
		soon().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.doesNotContain("graceful-test-heart"));
		this.supervisors.destroy();
	}

	@Test
	void whenNotStartedThenLooksAtNothing() {
		assertThat(this.work.count).hasValue(0);
		assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.doesNotContain("graceful-test-heart");
	}

	@Test
	void whenStatusChangesThenTellsItAndElseDoesNotRepeatIt() {
		this.heartbeat.start();
		awaitLooks(3);
		this.work.status = () -> "next";
		awaitLooks(2);
		assertThat(this.supervisor.told()).containsExactly("open", "status at work", "status next");
	}

	@Test
	void whenThereIsNoProgressThenIsNotExtendedBeyondItsPatience() {
		this.supervisor.patience = Duration.ofMillis(1200);
		this.heartbeat.start();
		soon().until(() -> extensions() > 0);
		assertThat(this.supervisor.awaitNoMore("extend", Duration.ofMillis(1500))).isBetween(1L, 3L);
	}

	@Test
	void whenThereIsProgressThenIsExtended() {
		this.supervisor.patience = Duration.ofMillis(700);
		this.work.progress = this.work.count::get;
		this.heartbeat.start();
		awaitLooks(5);
		assertThat(extensions()).isGreaterThanOrEqualTo(5);
	}

	@Test
	void whenProgressComesAgainThenIsExtendedAgain() {
		this.supervisor.patience = Duration.ofMillis(1);
		this.heartbeat.start();
		awaitLooks(2);
		long before = extensions();
		this.work.progress = () -> "further";
		awaitLooks(2);
		assertThat(before).isEqualTo(1);
		assertThat(extensions()).isEqualTo(2);
	}

	@Test
	void whenWorkHasHadItsTimeThenIsNotExtendedButStillDescribed() {
		this.supervisor.patience = SOON;
		this.work.overdue = true;
		this.heartbeat.start();
		awaitLooks(2);
		assertThat(this.supervisor.told()).containsExactly("open", "status at work");
	}

	@Test
	void whenLookingFailsOnceThenLooksAgain() {
		this.work.progress = () -> {
			throw new IllegalStateException("not now");
		};
		this.heartbeat.start();
		awaitLooks(1);
		this.work.progress = () -> {
			throw new NoClassDefFoundError("nor now");
		};
		awaitLooks(1);
		this.work.progress = () -> "further";
		soon().untilAsserted(() -> assertThat(this.supervisor.told()).containsExactly("open", "status at work"));
	}

	@Test
	void whenStoppedWhileItLooksThenWhatItSawIsNotTold() throws Exception {
		CountDownLatch looking = new CountDownLatch(1);
		CountDownLatch stopped = new CountDownLatch(1);
		CountDownLatch seen = new CountDownLatch(1);
		this.supervisor.patience = SOON;
		this.work.status = () -> {
			looking.countDown();
			awaitUninterrupted(stopped);
			seen.countDown();
			return "stale";
		};
		this.heartbeat.start();
		looking.await();
		this.heartbeat.stop();
		this.supervisors.status("Ready");
		stopped.countDown();
		seen.await();
		soon().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.doesNotContain("graceful-test-heart"));
		this.supervisors.destroy();
		assertThat(this.supervisor.told()).containsExactly("open", "status Ready");
	}

	@Test
	void whenStartedAfterTheEndThenDoesNothing() {
		this.heartbeat.stop();
		this.heartbeat.start();
		assertThat(this.work.count).hasValue(0);
	}

	private long extensions() {
		return this.supervisor.count("extend");
	}

	private void awaitLooks(int more) {
		int expected = this.work.count.get() + more;
		soon().until(() -> this.work.count.get() > expected);
	}

	private static void awaitUninterrupted(CountDownLatch latch) {
		while (latch.getCount() > 0) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				// As code that does not heed it
			}
		}
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(SOON).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
	}

	/**
	 * Counts how often it was looked at.
	 */
	private static final class Looks implements Heartbeat.Work {

		private final AtomicInteger count = new AtomicInteger();

		private volatile Supplier<Object> progress = () -> "none";

		private volatile Supplier<String> status = () -> "at work";

		private volatile boolean overdue;

		@Override
		public Object progress() {
			this.count.incrementAndGet();
			return this.progress.get();
		}

		@Override
		public String status() {
			return this.status.get();
		}

		@Override
		public boolean isOverdue() {
			return this.overdue;
		}

	}

}
