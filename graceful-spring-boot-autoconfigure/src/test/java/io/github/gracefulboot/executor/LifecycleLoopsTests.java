package io.github.gracefulboot.executor;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.gracefulboot.DebugLogging;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LifecycleLoops}.
 */
@ExtendWith({ OutputCaptureExtension.class, DebugLogging.class })
class LifecycleLoopsTests {

	/**
	 * Beans above the web server's phase are stopped anyway when nothing moves.
	 */
	private static final int BELOW_SERVER = 0;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("graceful.shutdown.timeout=10s")
		.withConfiguration(
				AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, GracefulExecutorAutoConfiguration.class))
		.withBean("loop", Loop.class);

	static Stream<Executor> executors() {
		return Stream.of(new ThreadPoolTaskExecutor(), new SimpleAsyncTaskExecutor("loop-"),
				Executors.newFixedThreadPool(1));
	}

	@ParameterizedTest
	@MethodSource("executors")
	void whenALifecycleBeanRunsALoopThenItIsStopped(Executor executor, CapturedOutput output) {
		this.runner.withBean("executor", Executor.class, () -> executor).run((context) -> {
			Loop loop = context.getBean(Loop.class);
			assertThat(loop.running.await(10, TimeUnit.SECONDS)).isTrue();
			assertThat(stop(context).finish().cutOff()).isEmpty();
			assertThat(output).contains("Stopping loop, whose task keeps thread");
		});
		if (executor instanceof ExecutorService service) {
			service.shutdown();
		}
	}

	@Test
	void whenItsBeanIsExcludedThenItIsLeftToSpring() {
		this.runner.withBean("executor", ThreadPoolTaskExecutor.class)
			.withPropertyValues("graceful.executors.exclude=loop", "graceful.shutdown.timeout=3s")
			.run((context) -> {
				Loop loop = context.getBean(Loop.class);
				assertThat(loop.running.await(10, TimeUnit.SECONDS)).isTrue();
				assertThat(stop(context).finish().cutOff()).isNotEmpty();
			});
	}

	@Test
	void whenAMethodOfALifecycleBeanIsWorkThenItFinishesBeforeTheBeanIsStopped() {
		this.runner.withBean("executor", ThreadPoolTaskExecutor.class)
			.withUserConfiguration(AsyncConfiguration.class)
			.withBean(Worker.class)
			.run((context) -> {
				Worker worker = context.getBean(Worker.class);
				context.getBean(Loop.class).stop();
				context.addApplicationListener((ApplicationListener<StageChangedEvent>) (event) -> {
					if (event.getStage() == Stage.DRAIN) {
						worker.work();
					}
				});
				stop(context);
				assertThat(Worker.thread).startsWith("executor-");
				assertThat(Worker.runningAfterWork).isTrue();
			});
	}

	private static ShutdownSequence stop(ConfigurableApplicationContext context) {
		ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
		AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
		context.close();
		return shutdown;
	}

	/**
	 * Begins a task when it is started, and ends it when it is stopped.
	 */
	static class Loop implements SmartLifecycle {

		private final Executor executor;

		private final CountDownLatch running = new CountDownLatch(1);

		private final CountDownLatch stopped = new CountDownLatch(1);

		Loop(Executor executor) {
			this.executor = executor;
		}

		@Override
		public void start() {
			this.executor.execute(this::run);
		}

		private void run() {
			this.running.countDown();
			try {
				this.stopped.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public void stop() {
			this.stopped.countDown();
		}

		@Override
		public boolean isRunning() {
			return this.running.getCount() == 0 && this.stopped.getCount() > 0;
		}

		@Override
		public int getPhase() {
			return BELOW_SERVER;
		}

	}

	@EnableAsync(proxyTargetClass = true)
	static class AsyncConfiguration {

	}

	/**
	 * Works longer than loops are left alone.
	 */
	static class Worker implements SmartLifecycle {

		private static volatile String thread = "";

		private static volatile boolean runningAfterWork;

		private volatile boolean running;

		@Async
		void work() {
			thread = Thread.currentThread().getName();
			try {
				new CountDownLatch(1).await(2, TimeUnit.SECONDS);
				runningAfterWork = isRunning();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return BELOW_SERVER;
		}

	}

}
