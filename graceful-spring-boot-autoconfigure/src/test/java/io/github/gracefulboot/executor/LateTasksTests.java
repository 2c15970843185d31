package io.github.gracefulboot.executor;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.gracefulboot.Background;
import io.github.gracefulboot.DebugLogging;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for tasks that are submitted while the context closes, in part without end.
 */
@ExtendWith({ OutputCaptureExtension.class, DebugLogging.class })
class LateTasksTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("graceful.shutdown.timeout=60s")
		.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
				GracefulExecutorAutoConfiguration.class));

	private final CountDownLatch release = new CountDownLatch(1);

	private final CountDownLatch running = new CountDownLatch(1);

	private final AtomicInteger flushed = new AtomicInteger();

	@AfterEach
	void end() {
		this.release.countDown();
	}

	static Stream<Arguments> executors() {
		return Stream.of(kind("thread per task", JdkExecutors::threadPerTask),
				kind("pool", () -> Executors.newFixedThreadPool(2)),
				kind("single thread", Executors::newSingleThreadExecutor),
				kind("scheduler", () -> Executors.newScheduledThreadPool(2)),
				kind("single thread that schedules", Executors::newSingleThreadScheduledExecutor),
				kind("work stealing", () -> new ForkJoinPool(2)),
				kind("unconfigurable", () -> Executors.unconfigurableExecutorService(Executors.newFixedThreadPool(1))),
				kind("Spring, a thread per task", SimpleAsyncTaskExecutor::new), kind("lambda", () -> {
					Executor threads = JdkExecutors.threadPerTask();
					return (task) -> threads.execute(task);
				}));
	}

	private static Arguments kind(String name, Supplier<Executor> executor) {
		return Arguments.of(name, executor);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("executors")
	void whenABeanThatIsDestroyedSubmitsATaskThenThatFinishes(String name, Supplier<Executor> executor) {
		this.runner.withBean("executor", Executor.class, executor)
			.withBean(FlushedWhenDestroyed.class, () -> new FlushedWhenDestroyed(this::flush))
			.run((context) -> {
				context.getBean(FlushedWhenDestroyed.class).executor = context.getBean(Executor.class);
				assertFlushIsWaitedFor(context);
			});
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("executors")
	void whenALifecycleBeanThatStopsSubmitsATaskThenThatFinishes(String name, Supplier<Executor> executor) {
		this.runner.withBean("executor", Executor.class, executor)
			.withBean(FlushedWhenStopped.class, () -> new FlushedWhenStopped(this::flush))
			.run((context) -> {
				context.getBean(FlushedWhenStopped.class).executor = context.getBean(Executor.class);
				assertFlushIsWaitedFor(context);
			});
	}

	private void assertFlushIsWaitedFor(ConfigurableApplicationContext context) throws InterruptedException {
		ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
		AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
		CompletableFuture<Void> closed = Background.run(context::close);
		this.running.await();
		assertThat(closed).isNotDone();
		this.release.countDown();
		assertThat(closed).succeedsWithin(SOON);
		assertThat(this.flushed).hasValue(1);
		assertThat(shutdown.finish().cutOff()).isEmpty();
	}

	private void flush() {
		this.running.countDown();
		try {
			this.release.await();
			this.flushed.incrementAndGet();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	static Stream<Arguments> endless() {
		return Stream.of(kind("Spring", ThreadPoolTaskExecutor::new),
				kind("Spring, a thread per task", SimpleAsyncTaskExecutor::new),
				kind("thread per task", JdkExecutors::threadPerTask),
				kind("pool", () -> Executors.newFixedThreadPool(2)));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("endless")
	void whenATaskSubmitsItselfOverAndOverThenItDoesNotTakeTheBudget(String name, Supplier<Executor> supplier,
			CapturedOutput output) {
		this.runner.withBean("executor", Executor.class, supplier).run((context) -> {
			Executor executor = context.getBean(Executor.class);
			AtomicInteger steps = new AtomicInteger();
			executor.execute(new Runnable() {

				@Override
				public void run() {
					steps.incrementAndGet();
					if (LateTasksTests.this.release.getCount() > 0) {
						executor.execute(this);
					}
				}

			});
			Awaitility.await().until(() -> steps.get() > 10);
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(Background.run(context::close)).succeedsWithin(SOON);
			assertThat(shutdown.finish().cutOff()).isEmpty();
			assertThat(output).containsOnlyOnce("Not waiting for tasks of executor any more");
		});
	}

	@Test
	void whenAChainOfTasksEndsThenAllOfThemFinish(CapturedOutput output) {
		this.runner.withBean("executor", ThreadPoolTaskExecutor.class).run((context) -> {
			Executor executor = context.getBean(Executor.class);
			AtomicInteger steps = new AtomicInteger();
			executor.execute(new Runnable() {

				@Override
				public void run() {
					LateTasksTests.this.running.countDown();
					awaitShutdown(context);
					if (steps.incrementAndGet() < 1000) {
						executor.execute(this);
					}
				}

			});
			this.running.await();
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(Background.run(context::close)).succeedsWithin(SOON);
			assertThat(steps).hasValue(1000);
			assertThat(shutdown.finish().cutOff()).isEmpty();
			assertThat(output).doesNotContain("Not waiting for tasks");
		});
	}

	private static void awaitShutdown(ConfigurableApplicationContext context) {
		while (context.getBean(ShutdownSequence.class).getDeadline() == null) {
			Thread.onSpinWait();
		}
	}

	private static final class FlushedWhenDestroyed implements DisposableBean {

		private final Runnable flush;

		private Executor executor;

		FlushedWhenDestroyed(Runnable flush) {
			this.flush = flush;
		}

		@Override
		public void destroy() {
			this.executor.execute(this.flush);
		}

	}

	private static final class FlushedWhenStopped implements SmartLifecycle {

		private final Runnable flush;

		private Executor executor;

		private boolean running;

		FlushedWhenStopped(Runnable flush) {
			this.flush = flush;
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			this.executor.execute(this.flush);
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return 0;
		}

	}

}
