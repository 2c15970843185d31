package io.github.gracefulboot.executor;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Background;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.micrometer.core.instrument.binder.jvm.ExecutorServiceMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.AsyncConfigurer;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ExecutorInspection}, with executors that pass tasks on to others that
 * are no beans.
 */
@ExtendWith(OutputCaptureExtension.class)
class WrappedExecutorTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final String OUT_OF_REACH = "A shutdown will not wait for tasks of ";

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, GracefulExecutorAutoConfiguration.class));

	private final CountDownLatch running = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	@AfterEach
	void end() {
		this.release.countDown();
	}

	static Stream<Arguments> wrappers() {
		return Stream.of(kind("own class around a pool", () -> new Wrapper(Executors.newFixedThreadPool(2))),
				kind("own class around a thread per task", () -> new Wrapper(JdkExecutors.threadPerTask())),
				kind("own class around an executor of Spring", () -> new Wrapper(new SimpleAsyncTaskExecutor())),
				kind("own class in own class", () -> new Wrapper(new Wrapper(JdkExecutors.threadPerTask()))),
				kind("own class around a lambda", () -> new Wrapper(WrappedExecutorTests::runOnNewThread)),
				kind("own class with two fields", () -> new TwoFields(JdkExecutors.threadPerTask())),
				kind("several in an array", () -> new Several(JdkExecutors.threadPerTask(), null, null)),
				kind("several in a map",
						() -> new Several(null, Map.of("first", Executors.newFixedThreadPool(1)), null)),
				kind("several in a list", () -> new Several(null, null, List.of(new SimpleAsyncTaskExecutor()))),
				kind("record", () -> new RecordWrapper(Executors.newFixedThreadPool(2))),
				kind("Micrometer around a thread per task",
						() -> ExecutorServiceMetrics.monitor(new SimpleMeterRegistry(), JdkExecutors.threadPerTask(),
								"wrapped")),
				kind("Micrometer around a scheduler",
						() -> ExecutorServiceMetrics.monitor(new SimpleMeterRegistry(),
								Executors.newSingleThreadScheduledExecutor(), "wrapped")),
				kind("TaskExecutorAdapter", () -> new TaskExecutorAdapter(JdkExecutors.threadPerTask())),
				kind("ConcurrentTaskExecutor", () -> new ConcurrentTaskExecutor(JdkExecutors.threadPerTask())),
				kind("lambda around a pool", () -> lambda(Executors.newFixedThreadPool(2))),
				kind("lambda around a thread per task", () -> lambda(JdkExecutors.threadPerTask())),
				kind("lambda around nothing", () -> WrappedExecutorTests::runOnNewThread),
				kind("lambda of a service", () -> new Service().lambda()),
				kind("lambda that is a TaskExecutor", () -> (TaskExecutor) WrappedExecutorTests::runOnNewThread),
				kind("lambda that is an AsyncTaskExecutor",
						() -> (AsyncTaskExecutor) WrappedExecutorTests::runOnNewThread),
				kind("anonymous class of a service", () -> new Service().anonymous()),
				kind("proxy of the JDK", () -> proxy(new Wrapper(JdkExecutors.threadPerTask()))));
	}

	private static Arguments kind(String name, Supplier<Executor> executor) {
		return Arguments.of(name, executor);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("wrappers")
	void whenTheExecutorIsNoBeanThenItsTaskIsNamedAndWaitedFor(String name, Supplier<Executor> executor,
			CapturedOutput output) {
		AtomicInteger finished = new AtomicInteger();
		this.runner.withBean("wrapped", Executor.class, executor).run((context) -> {
			context.getBean("wrapped", Executor.class).execute(() -> {
				runUntilReleased();
				finished.incrementAndGet();
			});
			this.running.await();
			CompletableFuture<?> drained = drain(context);
			assertThat(tasks(context)).singleElement().satisfies((task) -> {
				assertThat(task.description()).isEqualTo("task of wrapped");
				assertThat(task.thread()).isNotNull();
			});
			assertThat(drained).isNotDone();
			this.release.countDown();
			assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
			assertThat(finished).hasValue(1);
			assertThat(output).doesNotContain(OUT_OF_REACH);
		});
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("wrappers")
	void whenTheWrapperIsExcludedThenWhatItWrapsIsLeftAlone(String name, Supplier<Executor> executor) {
		this.runner.withPropertyValues("graceful.executors.exclude=wrapped")
			.withBean("wrapped", Executor.class, executor)
			.run((context) -> {
				context.getBean("wrapped", Executor.class).execute(this::runUntilReleased);
				this.running.await();
				assertThat(drain(context)).succeedsWithin(Duration.ofSeconds(10));
				this.release.countDown();
			});
	}

	@Test
	void whenTheExcludedExecutorIsTheInnerOneThenTheWrapperIsLeftAloneToo() {
		this.runner.withPropertyValues("graceful.executors.exclude=inner")
			.withBean("inner", ExecutorService.class, JdkExecutors::threadPerTask)
			.withUserConfiguration(WrapsABean.class)
			.run((context) -> {
				context.getBean("outer", Executor.class).execute(this::runUntilReleased);
				this.running.await();
				assertThat(drain(context)).succeedsWithin(Duration.ofSeconds(10));
				this.release.countDown();
			});
	}

	@Test
	void whenBeansAreInjectedByClassThenTheyStillAre() {
		Wrapper wrapper = new Wrapper(JdkExecutors.threadPerTask());
		this.runner.withBean("wrapped", Wrapper.class, () -> wrapper)
			.withBean("lambda", Executor.class, () -> lambda(JdkExecutors.threadPerTask()))
			.withBean("scheduler", ScheduledExecutorService.class, Executors::newSingleThreadScheduledExecutor)
			.withBean("service", ExecutorService.class, JdkExecutors::threadPerTask)
			.run((context) -> {
				assertThat(context.getBean(Wrapper.class)).isSameAs(wrapper);
				assertThat(context).hasSingleBean(ScheduledExecutorService.class);
				assertThat(context.getBeanNamesForType(ExecutorService.class)).containsExactlyInAnyOrder("scheduler",
						"service");
				assertThat(context).doesNotHaveBean(TaskExecutor.class);
			});
	}

	@Test
	void whenNothingIsKnownOfAnExecutorThenTheStartSaysSo(CapturedOutput output) {
		this.runner.withBean("threads", Executor.class, OwnThreads::new)
			.withBean("direct", Executor.class, SyncTaskExecutor::new)
			.run((context) -> {
				assertThat(output).containsOnlyOnce(OUT_OF_REACH)
					.contains(OUT_OF_REACH + "threads (" + OwnThreads.class.getName() + ")");
				assertThat(drain(context)).succeedsWithin(Duration.ofSeconds(10));
				this.release.countDown();
			});
	}

	@Test
	void whenSuchAnExecutorIsExcludedThenNothingIsSaid(CapturedOutput output) {
		this.runner.withPropertyValues("graceful.executors.exclude=threads")
			.withBean("threads", Executor.class, OwnThreads::new)
			.run((context) -> assertThat(output).doesNotContain(OUT_OF_REACH));
	}

	static Stream<Arguments> asyncExecutors() {
		return Stream.of(kind("pool", () -> Executors.newFixedThreadPool(2)),
				kind("thread per task", JdkExecutors::threadPerTask), kind("Spring", SimpleAsyncTaskExecutor::new),
				kind("wrapper", () -> new Wrapper(JdkExecutors.threadPerTask())),
				kind("lambda", () -> WrappedExecutorTests::runOnNewThread));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("asyncExecutors")
	void whenAnAsyncConfigurerReturnsTheExecutorThenItsTasksAreWaitedFor(String name, Supplier<Executor> executor) {
		this.runner.withUserConfiguration(AsyncConfiguration.class)
			.withBean(AsyncConfigurer.class, () -> new AsyncConfigurer() {

				@Override
				public Executor getAsyncExecutor() {
					return executor.get();
				}

			})
			.run((context) -> assertAsyncMethodIsWaitedFor(context, "task of @Async"));
	}

	@Test
	void whenThereAreSeveralExecutorsThenTheOneThatSpringCreatesForAsyncMethodsIsWaitedFor() {
		this.runner.withUserConfiguration(AsyncConfiguration.class)
			.withBean("first", ThreadPoolTaskExecutor.class)
			.withBean("second", ThreadPoolTaskExecutor.class)
			.run((context) -> assertAsyncMethodIsWaitedFor(context, "task of @Async"));
	}

	@Test
	void whenTheExecutorOfAsyncMethodsIsABeanThenItGoesByItsName() {
		this.runner.withUserConfiguration(AsyncConfiguration.class)
			.withBean("only", ThreadPoolTaskExecutor.class)
			.run((context) -> assertAsyncMethodIsWaitedFor(context, "task of only"));
	}

	@Test
	void whenTheExecutorOfAsyncMethodsIsExcludedThenItIsLeftAlone() {
		this.runner.withPropertyValues("graceful.executors.exclude=@Async")
			.withUserConfiguration(AsyncConfiguration.class)
			.run((context) -> {
				context.getBean(AsyncMethod.class).run(this::runUntilReleased);
				this.running.await();
				assertThat(drain(context)).succeedsWithin(Duration.ofSeconds(10));
				this.release.countDown();
			});
	}

	private void assertAsyncMethodIsWaitedFor(ConfigurableApplicationContext context, String description)
			throws InterruptedException {
		context.getBean(AsyncMethod.class).run(this::runUntilReleased);
		this.running.await();
		CompletableFuture<?> drained = drain(context);
		assertThat(tasks(context)).singleElement()
			.satisfies((task) -> assertThat(task.description()).isEqualTo(description));
		assertThat(drained).isNotDone();
		this.release.countDown();
		assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whenListenersRunOnAnExecutorThatIsNoBeanThenTheyAreWaitedFor() {
		this.runner.withBean("applicationEventMulticaster", SimpleApplicationEventMulticaster.class, () -> {
			SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster();
			multicaster.setTaskExecutor(JdkExecutors.threadPerTask());
			return multicaster;
		}).run((context) -> {
			context.addApplicationListener((event) -> {
				if (event instanceof PayloadApplicationEvent<?>) {
					runUntilReleased();
				}
			});
			context.publishEvent("event");
			this.running.await();
			CompletableFuture<?> drained = drain(context);
			assertThat(tasks(context)).singleElement()
				.satisfies((task) -> assertThat(task.description()).isEqualTo("task of applicationEventMulticaster"));
			assertThat(drained).isNotDone();
			this.release.countDown();
			assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
		});
	}

	static Stream<Arguments> scheduling() {
		return Stream.of(Arguments.of("of Spring's own", (SchedulingConfigurer) (registrar) -> {
		}), Arguments.of("of a SchedulingConfigurer",
				(SchedulingConfigurer) (registrar) -> registrar.setScheduler(Executors.newScheduledThreadPool(2))));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("scheduling")
	void whenTheSchedulerIsNoBeanThenItsRunsAreNamedAndWaitedFor(String name, SchedulingConfigurer configurer) {
		this.runner.withUserConfiguration(SchedulingConfiguration.class)
			.withBean(SchedulingConfigurer.class, () -> configurer)
			.withBean(ScheduledMethod.class, () -> new ScheduledMethod(this::runUntilReleased))
			.run((context) -> {
				this.running.await();
				CompletableFuture<?> drained = drain(context);
				assertThat(tasks(context)).singleElement()
					.satisfies((task) -> assertThat(task.description()).startsWith("scheduled ")
						.endsWith("ScheduledMethod.run"));
				assertThat(drained).isNotDone();
				this.release.countDown();
				assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
			});
	}

	@Test
	void whenAScheduledMethodHasReturnedAPublisherThenThatIsNamedAndWaitedForUnlessItWasThereWhenReady() {
		this.runner.withUserConfiguration(SchedulingConfiguration.class)
			.withBean(ReactiveMethod.class)
			.run((context) -> {
				List<Sinks.One<String>> publishers = context.getBean(ReactiveMethod.class).publishers;
				Awaitility.await().until(() -> !publishers.isEmpty());
				context.getBean(ExecutorDrain.class).readinessChanged(true);
				int there = publishers.size();
				Awaitility.await().until(() -> publishers.size() > there);
				CompletableFuture<?> drained = drain(context);
				assertThat(tasks(context)).isNotEmpty()
					.allSatisfy((task) -> assertThat(task.description())
						.isEqualTo("publisher of a scheduled method of " + ReactiveMethod.class.getName()));
				assertThat(drained).isNotDone();
				publishers.stream().skip(1).forEach((publisher) -> publisher.tryEmitValue("done"));
				assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
			});
	}

	@Test
	void whenThreadsOfSpringAreVirtualThenTheirTasksAreWaitedFor() {
		if (Runtime.version().feature() < 21) {
			return;
		}
		this.runner.withBean("virtual", VirtualThreadTaskExecutor.class, () -> new VirtualThreadTaskExecutor("own-"))
			.run((context) -> {
				context.getBean(VirtualThreadTaskExecutor.class).execute(this::runUntilReleased);
				this.running.await();
				CompletableFuture<?> drained = drain(context);
				assertThat(tasks(context)).singleElement().asString().contains("task of virtual", "on thread own-0");
				this.release.countDown();
				assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
			});
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

	private static void runOnNewThread(Runnable task) {
		new Thread(task).start();
	}

	private static Executor lambda(Executor delegate) {
		return (task) -> delegate.execute(() -> task.run());
	}

	private static Executor proxy(Executor delegate) {
		return (Executor) Proxy.newProxyInstance(WrappedExecutorTests.class.getClassLoader(),
				new Class<?>[] { Executor.class }, (proxy, method, arguments) -> method.invoke(delegate, arguments));
	}

	private static CompletableFuture<?> drain(ConfigurableApplicationContext context) {
		return Background.drain(context.getBean(ExecutorDrain.class), Deadline.after(System::nanoTime, LONG));
	}

	private static Collection<ActiveTask> tasks(ConfigurableApplicationContext context) {
		return context.getBean(ExecutorDrain.class).activeTasks();
	}

	/**
	 * As Spring Security and many applications have it.
	 */
	private static final class Wrapper implements Executor {

		private final Executor delegate;

		Wrapper(Executor delegate) {
			this.delegate = delegate;
		}

		@Override
		public void execute(Runnable task) {
			this.delegate.execute(task);
		}

	}

	private static final class TwoFields implements Executor {

		private final Executor executor;

		private final ExecutorService service;

		private boolean second;

		TwoFields(ExecutorService executor) {
			this.executor = executor;
			this.service = executor;
		}

		@Override
		public void execute(Runnable task) {
			this.second = !this.second;
			(this.second ? this.service : this.executor).execute(task);
		}

	}

	private static final class Several implements Executor {

		private final Executor[] array;

		private final Map<String, Executor> map;

		private final List<Executor> list;

		Several(Executor element, Map<String, Executor> map, List<Executor> list) {
			this.array = new Executor[] { element };
			this.map = map;
			this.list = list;
		}

		@Override
		public void execute(Runnable task) {
			if (this.array[0] != null) {
				this.array[0].execute(task);
			}
			else if (this.map != null) {
				this.map.values().iterator().next().execute(task);
			}
			else {
				this.list.get(0).execute(task);
			}
		}

	}

	private record RecordWrapper(Executor delegate) implements Executor {

		@Override
		public void execute(Runnable task) {
			this.delegate.execute(task);
		}

	}

	private static final class ReactiveMethod {

		private final List<Sinks.One<String>> publishers = new CopyOnWriteArrayList<>();

		@Scheduled(fixedRate = 20)
		Mono<String> run() {
			return Mono.defer(() -> {
				Sinks.One<String> publisher = Sinks.one();
				this.publishers.add(publisher);
				return publisher.asMono();
			});
		}

	}

	private static final class Service {

		private final ExecutorService executor = JdkExecutors.threadPerTask();

		private Executor lambda() {
			return (task) -> this.executor.execute(task);
		}

		private Executor anonymous() {
			return new Executor() {

				@Override
				public void execute(Runnable task) {
					Service.this.executor.execute(task);
				}

			};
		}

	}

	private static final class OwnThreads implements Executor {

		@Override
		public void execute(Runnable task) {
			runOnNewThread(task);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WrapsABean {

		@Bean
		Executor outer(ExecutorService inner) {
			return new Wrapper(inner);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class AsyncConfiguration {

		@Bean
		AsyncMethod asyncMethod() {
			return new AsyncMethod();
		}

	}

	static class AsyncMethod {

		@Async
		void run(Runnable task) {
			task.run();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class SchedulingConfiguration {

	}

	static class ScheduledMethod {

		private final Runnable task;

		ScheduledMethod(Runnable task) {
			this.task = task;
		}

		@Scheduled(fixedRate = 1)
		void run() {
			this.task.run();
		}

	}

}
