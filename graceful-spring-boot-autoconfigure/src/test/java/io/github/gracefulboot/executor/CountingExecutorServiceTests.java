package io.github.gracefulboot.executor;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CountingExecutorService}, {@link CountingScheduledExecutorService} and
 * {@link CountingExecutor}.
 */
class CountingExecutorServiceTests {

	private final CountDownLatch running = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	private final CountingExecutorService executor = new CountingExecutorService(Executors.newSingleThreadExecutor());

	@AfterEach
	void end() {
		this.release.countDown();
		this.executor.shutdownNow();
	}

	@Test
	void whenATaskWasCancelledBeforeItBeganThenItDoesNotCountForEver() throws InterruptedException {
		this.executor.execute(this::runUntilReleased);
		this.running.await();
		Future<?> queued = this.executor.submit(() -> "never");
		assertThat(this.executor.count().inHand()).isEqualTo(2);
		queued.cancel(true);
		this.release.countDown();
		awaitNothingInHand(this.executor.count());
	}

	@Test
	void whenTasksFailThenTheyCountAsEnded() {
		TaskCount count = new TaskCount();
		assertThatIllegalStateException().isThrownBy(() -> count.execute(Runnable::run, () -> {
			throw new IllegalStateException("Failed");
		}));
		assertThat(count.inHand()).isZero();
	}

	@Test
	void whenTheExecutorIsEndedAtOnceThenItReturnsTheQueuedTasksAsTheyWereSubmitted() throws InterruptedException {
		Runnable queued = () -> {
		};
		this.executor.execute(this::runUntilReleased);
		this.running.await();
		this.executor.execute(queued);
		List<Runnable> dropped = this.executor.shutdownNow();
		assertThat(dropped).containsExactly(queued);
		awaitNothingInHand(this.executor.count());
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> this.executor.execute(queued));
		assertThat(this.executor.count().inHand()).isZero();
	}

	@Test
	void whenTheSubmitterHasToRunATaskThatFailsThenItCountsOnce() throws InterruptedException {
		ThreadPoolExecutor full = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new SynchronousQueue<>(),
				new ThreadPoolExecutor.CallerRunsPolicy());
		CountingExecutorService counting = new CountingExecutorService(full);
		counting.execute(this::runUntilReleased);
		this.running.await();
		assertThatIllegalStateException().isThrownBy(() -> counting.execute(() -> {
			throw new IllegalStateException("Failed");
		}));
		assertThat(counting.count().inHand()).isEqualTo(1);
		this.release.countDown();
		awaitNothingInHand(counting.count());
		counting.shutdown();
	}

	@Test
	void whenTasksAreOrderedByPriorityThenTheyStillAre() throws InterruptedException {
		ExecutorService counting = new CountingExecutorService(
				new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new PriorityBlockingQueue<>()));
		StringBuffer order = new StringBuffer();
		counting.execute(this::runUntilReleased);
		this.running.await();
		counting.execute(new Prioritized(3, order));
		counting.execute(new Prioritized(1, order));
		counting.execute(new Prioritized(2, order));
		this.release.countDown();
		counting.shutdown();
		assertThat(counting.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
		assertThat(order).hasToString("123");
	}

	@Test
	void whenTasksAreScheduledThenTheyCountWhileTheyRun() throws Exception {
		CountingScheduledExecutorService scheduler = new CountingScheduledExecutorService(
				Executors.newSingleThreadScheduledExecutor());
		try {
			scheduler.schedule(() -> "never", 10, TimeUnit.MINUTES);
			assertThat(scheduler.count().inHand()).isZero();
			ScheduledFuture<String> result = scheduler.schedule(() -> {
				runUntilReleased();
				return "result";
			}, 1, TimeUnit.MILLISECONDS);
			ScheduledFuture<?> periodic = scheduler.scheduleAtFixedRate(() -> {
			}, 1, 1, TimeUnit.MILLISECONDS);
			this.running.await();
			assertThat(scheduler.count().inHand()).isEqualTo(1);
			assertThat(scheduler.count().activeTasks("task")).singleElement()
				.satisfies((task) -> assertThat(task.thread()).isNotNull());
			this.release.countDown();
			assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo("result");
			scheduler.stopSchedules();
			assertThat(periodic.isCancelled()).isTrue();
			awaitNothingInHand(scheduler.count());
		}
		finally {
			scheduler.shutdownNow();
		}
	}

	@Test
	void whenTheExecutorDropsTasksThenTheyAreNotWaitedForForEver() {
		Executor counting = CountingExecutor.of((task) -> {
		});
		TaskCount count = CountingExecutor.countOf(counting);
		assertThat(count).isNotNull();
		CountedExecutor counted = new CountedExecutor("dropping", count, null);
		counting.execute(() -> {
		});
		assertThat(counted.isIdle()).isFalse();
		assertThat(counted.activeTasks(true)).singleElement().asString().isEqualTo("1 queued in dropping");
		Awaitility.await().until(counted::isIdle);
		assertThat(counted.activeTasks(true)).isEmpty();
	}

	@Test
	void whenALambdaIsReplacedThenItIsEqualToItself() {
		Executor lambda = Runnable::run;
		Executor counting = CountingExecutor.of(lambda);
		assertThat(counting).isEqualTo(counting).isNotEqualTo(lambda).hasToString(lambda.toString());
	}

	private static void awaitNothingInHand(TaskCount count) {
		Awaitility.await().until(() -> count.inHand() == 0);
	}

	private void runUntilReleased() {
		this.running.countDown();
		try {
			this.release.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private record Prioritized(int priority, StringBuffer order) implements Runnable, Comparable<Prioritized> {

		@Override
		public void run() {
			this.order.append(this.priority);
		}

		@Override
		public int compareTo(Prioritized other) {
			return Integer.compare(this.priority, other.priority);
		}

	}

}
