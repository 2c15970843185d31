package io.github.gracefulboot.executor;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Background;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DebugLogging;
import io.github.gracefulboot.GracefulShutdown;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.shutdown.ActiveTasks;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskScheduler;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link GracefulExecutorAutoConfiguration}, with real executors.
 */
@ExtendWith({ OutputCaptureExtension.class, DebugLogging.class })
class GracefulExecutorAutoConfigurationTests {

	private static final boolean VIRTUAL = Runtime.version().feature() >= 21;

	private static final Duration LONG = Duration.ofSeconds(30);

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
					TaskSchedulingAutoConfiguration.class, GracefulExecutorAutoConfiguration.class));

	private final CountDownLatch running = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	static Stream<Arguments> executors() {
		return Stream.of(kind("ThreadPoolTaskExecutor", ThreadPoolTaskExecutor::new),
				kind("ThreadPoolTaskScheduler", ThreadPoolTaskScheduler::new),
				kind("ThreadPoolExecutor", () -> Executors.newFixedThreadPool(2)),
				kind("ScheduledThreadPoolExecutor", () -> Executors.newScheduledThreadPool(2)),
				kind("ForkJoinPool", () -> new ForkJoinPool(2)),
				kind("SimpleAsyncTaskExecutor", SimpleAsyncTaskExecutor::new),
				kind("SimpleAsyncTaskScheduler", SimpleAsyncTaskScheduler::new),
				kind("ConcurrentTaskExecutor", () -> new ConcurrentTaskExecutor(Executors.newFixedThreadPool(2))),
				kind("a thread per task of the JDK", JdkExecutors::threadPerTask),
				kind("single thread", Executors::newSingleThreadExecutor),
				kind("single thread that schedules", Executors::newSingleThreadScheduledExecutor),
				kind("unconfigurable", () -> Executors.unconfigurableExecutorService(Executors.newFixedThreadPool(2))));
	}

	private static Arguments kind(String name, Supplier<Executor> executor) {
		return Arguments.of(name, executor);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("executors")
	void whenTaskIsRunningThenTheDrainNamesItAndEndsWithIt(String name, Supplier<Executor> executor) {
		this.runner.withBean("worker", Executor.class, executor).run((context) -> {
			context.getBean("worker", Executor.class).execute(this::runUntilReleased);
			this.running.await();
			assertThat(tasks(context)).singleElement()
				.satisfies((task) -> assertThat(task.description()).contains("worker"));
			CompletableFuture<?> drained = drain(context, LONG);
			assertThat(tasks(context)).singleElement().satisfies((task) -> {
				assertThat(task.description()).isEqualTo("task of worker");
				assertThat(task.thread()).isNotNull();
				assertThat(task.thread().getStackTrace())
					.anyMatch((frame) -> frame.getMethodName().equals("runUntilReleased"));
			});
			assertThat(drained).isNotDone();
			this.release.countDown();
			assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
			assertThat(tasks(context)).isEmpty();
		});
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("executors")
	void whenTaskSubmitsToAnotherExecutorThenThatIsWaitedForToo(String name, Supplier<Executor> executor) {
		AtomicInteger finished = new AtomicInteger();
		this.runner.withBean("first", ThreadPoolTaskExecutor.class)
			.withBean("second", Executor.class, executor)
			.run((context) -> {
				Executor first = context.getBean("first", Executor.class);
				Executor second = context.getBean("second", Executor.class);
				first.execute(() -> {
					runUntilReleased();
					second.execute(() -> first.execute(() -> second.execute(finished::incrementAndGet)));
				});
				this.running.await();
				CompletableFuture<?> drained = drain(context, LONG);
				this.release.countDown();
				assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
				assertThat(finished).hasValue(1);
			});
	}

	// A JVM before 21 ignores the property
	@Test
	void whenThreadsAreToBeVirtualThenTheirTasksFinish() {
		this.runner.withPropertyValues("spring.threads.virtual.enabled=true", "spring.task.execution.mode=force")
			.withBean("perTask", ExecutorService.class, JdkExecutors::threadPerTask)
			.run((context) -> {
				AtomicInteger finished = new AtomicInteger();
				Executor executor = context.getBean("applicationTaskExecutor", Executor.class);
				executor.execute(() -> {
					runUntilReleased();
					finished.incrementAndGet();
				});
				context.getBean("perTask", Executor.class).execute(() -> {
					runUntilReleased();
					finished.incrementAndGet();
				});
				this.running.await();
				CompletableFuture<?> drained = drain(context, LONG);
				assertThat(tasks(context)).hasSize(2);
				assertThat(tasks(context)).anySatisfy((task) -> {
					assertThat(task.description()).isEqualTo("task of applicationTaskExecutor");
					assertThat(task.thread()).isNotNull();
					assertThat(task.thread().getThreadGroup().getName().equals("VirtualThreads")).isEqualTo(VIRTUAL);
					assertThat(task.thread().getName()).startsWith("task-");
				});
				this.release.countDown();
				assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
				assertThat(finished).hasValue(2);
			});
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("patientExecutors")
	void whenTheApplicationLetsTasksGoOnForLongerThenSoDoesTheShutdown(String name, Supplier<Executor> executor) {
		this.runner.withBean("patient", Executor.class, executor).run((context) -> {
			context.getBean("patient", Executor.class).execute(this::runUntilReleased);
			this.running.await();
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			shutdown.start(StopReason.SIGTERM);
			assertThat(shutdown.getBudget().timeout()).isEqualTo(Duration.ofSeconds(100));
			this.release.countDown();
		});
	}

	@Test
	void whenNoTaskIsInHandOrTheTimeoutIsConfiguredThenTheBudgetStays() {
		Supplier<Executor> executor = GracefulExecutorAutoConfigurationTests::patientPool;
		this.runner.withBean("patient", Executor.class, executor).run((context) -> {
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			shutdown.start(StopReason.SIGTERM);
			assertThat(shutdown.getBudget().timeout()).isEqualTo(Duration.ofSeconds(30));
		});
		this.runner.withPropertyValues("graceful.shutdown.timeout=40s")
			.withBean("patient", Executor.class, executor)
			.run((context) -> {
				context.getBean("patient", Executor.class).execute(this::runUntilReleased);
				this.running.await();
				ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
				shutdown.start(StopReason.SIGTERM);
				assertThat(shutdown.getBudget().timeout()).isEqualTo(Duration.ofSeconds(40));
				this.release.countDown();
			});
	}

	private static Stream<Arguments> patientExecutors() {
		return Stream.of(executor("pool", GracefulExecutorAutoConfigurationTests::patientPool),
				executor("scheduler", () -> {
					ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
					scheduler.setWaitForTasksToCompleteOnShutdown(true);
					scheduler.setAwaitTerminationSeconds(80);
					return scheduler;
				}), executor("thread per task", () -> {
					SimpleAsyncTaskExecutor simple = new SimpleAsyncTaskExecutor();
					simple.setTaskTerminationTimeout(Duration.ofSeconds(80).toMillis());
					return simple;
				}), executor("wrapped", () -> {
					ThreadPoolTaskExecutor pool = patientPool();
					pool.initialize();
					return new ConcurrentTaskExecutor(pool);
				}));
	}

	private static Arguments executor(String name, Supplier<Executor> executor) {
		return Arguments.of(name, executor);
	}

	private static ThreadPoolTaskExecutor patientPool() {
		ThreadPoolTaskExecutor pool = new ThreadPoolTaskExecutor();
		pool.setWaitForTasksToCompleteOnShutdown(true);
		pool.setAwaitTerminationSeconds(80);
		return pool;
	}

	@Test
	void whenTasksAreQueuedThenTheyFinish() {
		AtomicInteger finished = new AtomicInteger();
		this.runner.withPropertyValues("spring.task.execution.pool.core-size=1").run((context) -> {
			submitOneAndQueue(context, finished, 12);
			CompletableFuture<?> drained = drain(context, LONG);
			assertThat(ActiveTasks.describe(tasks(context), 10))
				.isEqualTo("task of applicationTaskExecutor on thread task-1; 12 queued in applicationTaskExecutor");
			this.release.countDown();
			assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
			assertThat(finished).hasValue(12);
		});
	}

	@Test
	void whenQueuedTasksAreToBeDroppedThenTheyAreCountedAndCancelled(CapturedOutput output) {
		AtomicInteger finished = new AtomicInteger();
		this.runner.withPropertyValues("spring.task.execution.pool.core-size=1", "graceful.executors.queued=drop")
			.run((context) -> {
				submitOneAndQueue(context, finished, 12);
				CompletableFuture<?> drained = drain(context, LONG);
				Awaitility.await()
					.until(() -> output.getOut()
						.contains(
								"Dropped 12 queued tasks of applicationTaskExecutor (graceful.executors.queued=drop)"));
				this.release.countDown();
				assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
				assertThat(finished).hasValue(0);
			});
	}

	private void submitOneAndQueue(ConfigurableApplicationContext context, AtomicInteger finished, int queued)
			throws InterruptedException {
		AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
		executor.submit(this::runUntilReleased);
		this.running.await();
		for (int i = 0; i < queued; i++) {
			executor.submit(finished::incrementAndGet);
		}
	}

	@Test
	void whenTaskNeverEndsThenItIsInterruptedAfterTheDeadlineAndTheExecutorCanBeDestroyed() {
		ThreadPoolTaskExecutor patient = new ThreadPoolTaskExecutor();
		patient.setWaitForTasksToCompleteOnShutdown(true);
		patient.setAwaitTerminationSeconds(60);
		ExecutorService plain = Executors.newCachedThreadPool();
		this.runner.withBean("patient", ThreadPoolTaskExecutor.class, () -> patient)
			.withBean("plain", ExecutorService.class, () -> plain)
			.run((context) -> {
				patient.execute(this::runUntilReleased);
				plain.execute(this::runUntilReleased);
				this.running.await();
				assertThat(drain(context, Duration.ofMillis(100))).isNotDone();
				assertThat(plain.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
				long begin = System.nanoTime();
				context.close();
				assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
				this.release.countDown();
			});
	}

	static Stream<Arguments> schedulers() {
		return Stream.of(kind("ThreadPoolTaskScheduler", ThreadPoolTaskScheduler::new),
				kind("SimpleAsyncTaskScheduler", SimpleAsyncTaskScheduler::new), kind("one of the JDK in a wrapper",
						() -> new ConcurrentTaskScheduler(Executors.newSingleThreadScheduledExecutor())));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("schedulers")
	void whenTasksAreScheduledThenNoneFiresAnyMoreAndSchedulingDoesNotFail(String name, Supplier<Executor> supplier) {
		AtomicInteger runs = new AtomicInteger();
		this.runner.withBean("scheduler", Executor.class, supplier).run((context) -> {
			TaskScheduler scheduler = (TaskScheduler) context.getBean("scheduler");
			scheduler.scheduleAtFixedRate(runs::incrementAndGet, Duration.ofMillis(5));
			scheduler.scheduleWithFixedDelay(this::runUntilReleased, Duration.ofMillis(5));
			scheduler.schedule(runs::incrementAndGet, Instant.now().plus(Duration.ofMinutes(10)));
			this.running.await();
			CompletableFuture<?> drained = drain(context, LONG);
			assertThat(tasks(context)).anySatisfy((task) -> assertThat(task.toString()).contains("task of scheduler"));
			assertThatNoException()
				.isThrownBy(() -> scheduler.schedule(runs::incrementAndGet, Instant.now().plus(LONG)));
			this.release.countDown();
			assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
			int before = runs.get();
			Awaitility.await().pollDelay(Duration.ofMillis(100)).untilAsserted(() -> assertThat(runs).hasValue(before));
		});
	}

	@Test
	void whenContextClosesThenAsyncAndScheduledMethodsFinishWhileEverythingStillRuns(CapturedOutput output) {
		Annotated annotated = new Annotated();
		this.runner.withUserConfiguration(Annotations.class)
			.withBean(Annotated.class, () -> annotated)
			.run((context) -> {
				context.getBean(Annotated.class).asynchronous(this::runUntilReleased);
				this.running.await();
				annotated.scheduled.await();
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				CompletableFuture<Void> closed = Background.run(context::close);
				Awaitility.await().until(() -> context.getBean(GracefulShutdown.class).getStage() == Stage.RELEASE);
				this.release.countDown();
				annotated.end.countDown();
				assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
				assertThat(annotated.finished).hasValue(2);
				assertThat(output).contains("Shutdown completed");
			});
	}

	@Test
	void whenExecutorIsExcludedThenItIsLeftToSpring(CapturedOutput output) {
		this.runner.withPropertyValues("graceful.executors.exclude=worker")
			.withBean("worker", ThreadPoolTaskExecutor.class)
			.run((context) -> {
				context.getBean("worker", Executor.class).execute(this::runUntilReleased);
				this.running.await();
				assertThat(drain(context, LONG)).succeedsWithin(Duration.ofSeconds(10));
				assertThat(tasks(context)).isEmpty();
				assertThat(output).contains("Left to Spring (graceful.executors.exclude): worker");
				this.release.countDown();
			});
	}

	@Test
	void whenThreadFactoryIsTheUsersThenItStillCreatesTheThreads() {
		ThreadFactory own = (task) -> new Thread(task, "own");
		SimpleAsyncTaskExecutor simple = new SimpleAsyncTaskExecutor(own);
		this.runner.withBean("simple", SimpleAsyncTaskExecutor.class, () -> simple)
			.withBean("pool", ScheduledThreadPoolExecutor.class, () -> new ScheduledThreadPoolExecutor(1, own))
			.run((context) -> {
				CompletableFuture<String> ofSimple = new CompletableFuture<>();
				simple.execute(() -> ofSimple.complete(Thread.currentThread().getName()));
				assertThat(ofSimple).succeedsWithin(LONG).isEqualTo("own");
				assertThat(context.getBean("pool", ExecutorService.class)
					.submit(() -> Thread.currentThread().getName())
					.get()).isEqualTo("own");
			});
	}

	@Test
	void whenThereWasNoThreadForATaskThenItIsNotWaitedFor() {
		ThreadFactory exhausted = (task) -> new Thread(task) {

			@Override
			public void start() {
				throw new OutOfMemoryError("unable to create native thread");
			}

		};
		this.runner.withBean("worker", SimpleAsyncTaskExecutor.class, () -> new SimpleAsyncTaskExecutor(exhausted))
			.run((context) -> {
				Executor worker = context.getBean("worker", Executor.class);
				assertThat(catchThrowable(() -> worker.execute(this::runUntilReleased))).isNotNull();
				assertThat(drain(context, LONG)).succeedsWithin(Duration.ofSeconds(10));
				assertThat(tasks(context)).isEmpty();
			});
	}

	@Test
	void whenExecutorIsLazyThenItIsNotCreated() {
		this.runner.withBean("lazy", ExecutorService.class, () -> {
			throw new IllegalStateException("Created");
		}, (definition) -> definition.setLazyInit(true))
			.run((context) -> assertThat(drain(context, LONG)).succeedsWithin(Duration.ofSeconds(10)));
	}

	@Test
	void whenContextBelongsToATestThenNothingIsWaitedFor() {
		this.runner.withPropertyValues("org.springframework.boot.test.context.SpringBootTestContextBootstrapper=true")
			.run((context) -> {
				context.getBean("applicationTaskExecutor", Executor.class).execute(this::runUntilReleased);
				this.running.await();
				assertThat(drain(context, LONG)).isCompleted();
				assertThat(tasks(context)).isEmpty();
				this.release.countDown();
			});
	}

	@Test
	void whenDisabledThenIsNotConfigured() {
		this.runner.withPropertyValues("graceful.executors.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ExecutorDrain.class)
				.doesNotHaveBean(ThreadsPostProcessor.class));
	}

	@Test
	void whenGracefulIsDisabledThenIsNotConfigured() {
		this.runner.withPropertyValues("graceful.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ExecutorDrain.class));
	}

	@Test
	void whenPolicyIsUnknownThenTheStartFailsAndSaysWhatCanBeSet() {
		this.runner.withPropertyValues("graceful.executors.queued=keep")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("graceful.executors.queued"));
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

	private static CompletableFuture<?> drain(ConfigurableApplicationContext context, Duration timeout) {
		return Background.drain(context.getBean(ExecutorDrain.class), Deadline.after(System::nanoTime, timeout));
	}

	private static Collection<ActiveTask> tasks(ConfigurableApplicationContext context) {
		return context.getBean(ExecutorDrain.class).activeTasks();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@EnableScheduling
	static class Annotations {

	}

	static class Annotated {

		private final AtomicInteger finished = new AtomicInteger();

		private final CountDownLatch scheduled = new CountDownLatch(1);

		private final CountDownLatch end = new CountDownLatch(1);

		@Async
		void asynchronous(Runnable task) {
			task.run();
			this.finished.incrementAndGet();
		}

		@Scheduled(fixedRate = 1)
		void scheduled() throws InterruptedException {
			this.scheduled.countDown();
			this.end.await();
			this.finished.incrementAndGet();
		}

	}

}
