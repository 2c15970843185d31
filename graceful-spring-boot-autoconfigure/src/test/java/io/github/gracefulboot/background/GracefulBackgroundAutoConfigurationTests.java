package io.github.gracefulboot.background;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.executor.GracefulExecutorAutoConfiguration;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulBackgroundAutoConfiguration}, with real threads.
 */
@ExtendWith(OutputCaptureExtension.class)
class GracefulBackgroundAutoConfigurationTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
				GracefulExecutorAutoConfiguration.class, GracefulBackgroundAutoConfiguration.class))
		.withInitializer(GracefulBackgroundAutoConfigurationTests::registerPackage);

	private static final String TASK = GracefulBackgroundAutoConfigurationTests.class.getName() + ".runUntilReleased";

	private final CompletableFuture<String> release = new CompletableFuture<>();

	@AfterEach
	void release() {
		this.release.complete("");
		// The next test would take what still runs for a loop
		assertThat(ForkJoinPool.commonPool().awaitQuiescence(60, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void whenTheApplicationHasStartedThenThreadsAreWatchedThoughItIsNotReady() {
		this.runner.run((context) -> {
			BackgroundWork background = context.getBean(BackgroundWork.class);
			assertThat(background.activeTasks()).isEmpty();
			context.publishEvent(new ApplicationStartedEvent(new SpringApplication(), new String[0],
					context.getSourceApplicationContext(), Duration.ZERO));
			awaitLook();
			ForkJoinPool.commonPool().execute(this::runUntilReleased);
			awaitRunning();
			assertThat(background.activeTasks()).anySatisfy(this::isNamed);
		});
	}

	@Test
	void whenTaskRunsInTheCommonPoolThenTheDrainEndsWithIt() {
		this.runner.run((context) -> {
			BackgroundWork background = ready(context);
			ForkJoinPool.commonPool().execute(this::runUntilReleased);
			awaitRunning();
			assertThat(background.activeTasks()).anySatisfy(this::isNamed);
			CompletableFuture<?> drained = drain(background, LONG);
			assertThat(drained).isNotDone();
			assertThat(background.activeTasks()).anySatisfy(this::isNamed);
			this.release.complete("");
			assertThat(drained).succeedsWithin(LONG);
			assertThat(background.activeTasks()).isEmpty();
		});
	}

	@Test
	void whenTaskSubmitsToAnExecutorWhoseTaskGoesOnInTheCommonPoolThenAllOfItIsWaitedFor() {
		this.runner.withBean("worker", ThreadPoolTaskExecutor.class).run((context) -> {
			BackgroundWork background = ready(context);
			CountDownLatch finished = new CountDownLatch(1);
			Executor worker = context.getBean("worker", Executor.class);
			ForkJoinPool.commonPool().execute(() -> {
				runUntilReleased();
				worker.execute(() -> {
					sleep();
					ForkJoinPool.commonPool().execute(() -> {
						sleep();
						finished.countDown();
					});
				});
			});
			awaitRunning();
			CompletableFuture<?> drained = drain(background, LONG);
			this.release.complete("");
			assertThat(drained).succeedsWithin(LONG);
			assertThat(finished.getCount()).isZero();
		});
	}

	@Test
	void whenTaskIsSubmittedAfterTheDrainThenItIsFound() {
		this.runner.run((context) -> {
			BackgroundWork background = ready(context);
			assertThat(drain(background, LONG)).succeedsWithin(LONG);
			ForkJoinPool.commonPool().execute(this::runUntilReleased);
			awaitRunning();
			assertThat(background.activeTasks()).anySatisfy(this::isNamed);
		});
	}

	@Test
	void whenThereIsNoWorkThenTheDrainEndsAtOnce() {
		this.runner.run((context) -> assertThat(drain(ready(context), LONG)).succeedsWithin(Duration.ofSeconds(20)));
	}

	@Test
	void whenThreadOfTheApplicationIsAtWorkThenItIsFoundAndNotWaitedFor() {
		this.runner.run((context) -> {
			BackgroundWork background = ready(context);
			start("mine");
			awaitRunning();
			assertThat(background.activeTasks()).noneMatch((task) -> task.description().equals(TASK));
			assertThat(background.atWork()).anyMatch((thread) -> thread.task().equals(TASK) && !thread.virtual());
		});
	}

	@Test
	void whenExecutorRunsALoopSinceTheStartThenNobodyWaitsForIt() {
		BlockingQueue<String> queue = new LinkedBlockingQueue<>();
		this.runner.withBean("workers", ThreadPoolTaskExecutor.class).run((context) -> {
			ThreadPoolTaskExecutor workers = context.getBean(ThreadPoolTaskExecutor.class);
			workers.submit(() -> takeAll(queue));
			Awaitility.await().until(() -> isTaking());
			ready(context);
			DrainParticipant executors = context.getBean("gracefulExecutorDrain", DrainParticipant.class);
			assertThat(drain(executors, LONG)).succeedsWithin(Duration.ofSeconds(20));
			assertThat(executors.activeTasks()).isEmpty();
			workers.submit(this::runUntilReleased);
			queue.add("end");
			awaitRunning();
			CompletableFuture<?> drained = drain(executors, LONG);
			assertThat(executors.activeTasks()).isNotEmpty();
			this.release.complete("");
			assertThat(drained).succeedsWithin(Duration.ofSeconds(20));
		});
	}

	private void takeAll(BlockingQueue<String> queue) {
		try {
			while (!queue.take().equals("end")) {
				Thread.onSpinWait();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static boolean isTaking() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.anyMatch((entry) -> entry.getKey().getState() == Thread.State.WAITING
					&& Arrays.stream(entry.getValue()).anyMatch((frame) -> frame.getMethodName().equals("takeAll")));
	}

	@Test
	void whenVirtualThreadIsAtWorkThenItIsFound() {
		this.runner.run((context) -> {
			BackgroundWork background = ready(context);
			startVirtual();
			assertThat(background.atWork()).filteredOn((thread) -> thread.task().equals(TASK))
				.singleElement()
				.satisfies((thread) -> assertThat(thread.virtual()).isEqualTo(VirtualThreadStarter.POSSIBLE))
				.satisfies((thread) -> assertThat(thread.stack())
					.anyMatch((frame) -> frame.getMethodName().equals("runUntilReleased")));
			this.release.complete("");
			Awaitility.await()
				.untilAsserted(() -> assertThat(background.atWork()).noneMatch((thread) -> thread.task().equals(TASK)));
		});
	}

	@Test
	void whenVirtualThreadWasAtWorkWhenReadyThenItIsTakenForALoop() {
		this.runner.run((context) -> {
			startVirtual();
			assertThat(ready(context).atWork()).noneMatch((thread) -> thread.task().equals(TASK));
			this.release.complete("");
		});
	}

	@Test
	void whenThreadLoopsThenTheShutdownSaysThatItDoesNotWaitAndNobodyBefore(CapturedOutput output) {
		this.runner.run((context) -> {
			BackgroundWork background = ready(context);
			Thread thread = new Thread(this::loopUntilReleased, "looping");
			thread.setDaemon(true);
			thread.start();
			Awaitility.await().until(() -> thread.getStackTrace().length > 0 && isIdle(background));
			assertThat(output).doesNotContain("Not waiting for thread looping");
			// Without that its end is no shutdown
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
		});
		this.release.complete("");
		assertThat(output).containsOnlyOnce("Not waiting for thread looping: "
				+ GracefulBackgroundAutoConfigurationTests.class.getName() + ".loopUntilReleased");
	}

	private static boolean isIdle(BackgroundWork background) {
		return background.atWork().stream().noneMatch((thread) -> thread.name().equals("looping"));
	}

	private void loopUntilReleased() {
		while (!this.release.isDone()) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
		}
	}

	@Test
	void whenThreadIsExcludedThenItIsNotFound() {
		this.runner.withPropertyValues("graceful.background.exclude=mi*").run((context) -> {
			BackgroundWork background = ready(context);
			start("mine");
			awaitRunning();
			assertThat(background.atWork()).noneMatch((thread) -> thread.task().equals(TASK));
		});
	}

	@Test
	void whenExecutorIsExcludedThenItsThreadsAreNotFound() {
		this.runner.withPropertyValues("graceful.executors.exclude=worker")
			.withBean("worker", ThreadPoolTaskExecutor.class)
			.run((context) -> {
				BackgroundWork background = ready(context);
				context.getBean("worker", Executor.class).execute(this::runUntilReleased);
				awaitRunning();
				assertThat(background.atWork()).noneMatch((thread) -> thread.task().equals(TASK));
				this.release.complete("");
			});
	}

	@Test
	void whenTestOrImmediateThenThreadsAreLeftAlone() {
		this.runner.withPropertyValues("server.shutdown=immediate").run((context) -> {
			BackgroundWork background = ready(context);
			ForkJoinPool.commonPool().execute(this::runUntilReleased);
			awaitRunning();
			assertThat(background.activeTasks()).isEmpty();
			assertThat(background.atWork()).isEmpty();
		});
	}

	@Test
	void whenDisabledThenBacksOff() {
		this.runner.withPropertyValues("graceful.background.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(BackgroundWork.class));
		this.runner.withPropertyValues("graceful.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(BackgroundWork.class));
	}

	private static void registerPackage(ConfigurableApplicationContext context) {
		AutoConfigurationPackages.register((BeanDefinitionRegistry) context.getBeanFactory(),
				GracefulBackgroundAutoConfigurationTests.class.getPackageName());
	}

	private void isNamed(ActiveTask task) {
		assertThat(task.description()).isEqualTo(TASK);
		assertThat(task.thread()).isNotNull();
	}

	private static BackgroundWork ready(ApplicationContext context) {
		BackgroundWork background = context.getBean(BackgroundWork.class);
		background.readinessChanged(true);
		awaitLook();
		return background;
	}

	private static void awaitLook() {
		Awaitility.await()
			.until(() -> Thread.getAllStackTraces()
				.keySet()
				.stream()
				.noneMatch((thread) -> thread.getName().equals("graceful-background")));
	}

	private static CompletableFuture<?> drain(DrainParticipant participant, Duration timeout) {
		CompletableFuture<Void> drained = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				participant.drain(Deadline.after(System::nanoTime, timeout));
				drained.complete(null);
			}
			catch (Exception ex) {
				drained.completeExceptionally(ex);
			}
		}, "graceful-drain-test");
		thread.setDaemon(true);
		thread.start();
		return drained;
	}

	private void start(String name) {
		Thread thread = new Thread(this::runUntilReleased, name);
		thread.setDaemon(true);
		thread.start();
	}

	private void startVirtual() {
		Thread thread = VirtualThreadStarter.start(this::runUntilReleased);
		Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
	}

	/*
	 * Until it waits: a stack and a state that are read while it goes there do not match.
	 */
	private void awaitRunning() {
		Awaitility.await()
			.until(() -> Thread.getAllStackTraces()
				.entrySet()
				.stream()
				.anyMatch((entry) -> entry.getKey().getState() == Thread.State.WAITING
						&& Arrays.stream(entry.getValue()).anyMatch((frame) -> frame.getMethodName().equals("join"))
						&& Arrays.stream(entry.getValue())
							.anyMatch((frame) -> frame.getMethodName().equals("runUntilReleased"))));
	}

	private void runUntilReleased() {
		this.release.join();
	}

	private static void sleep() {
		try {
			Thread.sleep(200);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
