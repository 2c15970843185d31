package io.github.gracefulboot.field;

import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.micrometer.context.ContextExecutorService;
import io.micrometer.context.ContextSnapshotFactory;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.core.task.support.ExecutorServiceAdapter;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.AsyncConfigurer;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.security.concurrent.DelegatingSecurityContextExecutorService;
import org.springframework.security.task.DelegatingSecurityContextAsyncTaskExecutor;
import org.springframework.stereotype.Component;

/**
 * Executors in wrappers, of beans or of none.
 */
class ExecutorRows {

	private static ThreadPoolTaskExecutor pool() {
		ThreadPoolTaskExecutor pool = new ThreadPoolTaskExecutor();
		pool.setCorePoolSize(1);
		pool.initialize();
		return pool;
	}

	@Component
	@Profile("async")
	static class AsyncWork implements Work {

		private final Tasks tasks;

		AsyncWork(Tasks tasks) {
			this.tasks = tasks;
		}

		@Override
		public void begin() {
			this.tasks.run();
		}

	}

	@Component
	@Profile("async")
	static class Tasks {

		@Async
		void run() {
			Evidence.work(Work.MILLIS);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@Profile("async")
	static class Annotations {

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("security")
	static class Security {

		@Bean
		AsyncTaskExecutor taskExecutor() {
			return new DelegatingSecurityContextAsyncTaskExecutor(pool());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("security-jdk")
	static class SecurityJdk {

		@Bean
		Executor taskExecutor() {
			return new ConcurrentTaskExecutor(
					new DelegatingSecurityContextExecutorService(Executors.newFixedThreadPool(2)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("context")
	static class Context {

		@Bean
		ExecutorService taskExecutor() {
			return ContextExecutorService.wrap(Executors.newSingleThreadExecutor(),
					ContextSnapshotFactory.builder().build());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("configurer")
	static class Configurer implements AsyncConfigurer {

		@Override
		public Executor getAsyncExecutor() {
			return new DelegatingSecurityContextAsyncTaskExecutor(new TaskExecutorAdapter(pool()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("lambda")
	static class Lambda {

		@Bean
		Executor taskExecutor() {
			ExecutorService hidden = Executors.newCachedThreadPool();
			return (task) -> hidden.execute(() -> task.run());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("own-class")
	static class OwnClass {

		@Bean
		Executor taskExecutor() {
			return new Tenants(Map.of("a", Executors.newSingleThreadExecutor(), "b", pool()));
		}

		static class Tenants implements Executor {

			private final Map<String, Executor> tenants;

			Tenants(Map<String, Executor> tenants) {
				this.tenants = tenants;
			}

			@Override
			public void execute(Runnable task) {
				this.tenants.get("a").execute(task);
			}

		}

	}

	/**
	 * Wraps nothing at all: each task gets a thread.
	 */
	@Configuration(proxyBeanMethods = false)
	@Profile("own-threads")
	static class OwnThreads {

		@Bean
		Executor taskExecutor() {
			return new Executor() {

				@Override
				public void execute(Runnable task) {
					Thread thread = new Thread(task, "own");
					thread.setDaemon(true);
					thread.start();
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("own-service")
	static class OwnService {

		@Bean
		ExecutorService taskExecutor() {
			return new Bounded(Executors.newFixedThreadPool(1));
		}

		static class Bounded extends AbstractExecutorService {

			private final ExecutorService target;

			Bounded(ExecutorService target) {
				this.target = target;
			}

			@Override
			public void execute(Runnable command) {
				this.target.execute(command);
			}

			@Override
			public void shutdown() {
				this.target.shutdown();
			}

			@Override
			public List<Runnable> shutdownNow() {
				return this.target.shutdownNow();
			}

			@Override
			public boolean isShutdown() {
				return this.target.isShutdown();
			}

			@Override
			public boolean isTerminated() {
				return this.target.isTerminated();
			}

			@Override
			public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
				return this.target.awaitTermination(timeout, unit);
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("adapter")
	static class Adapter {

		@Bean
		ExecutorService taskExecutor() {
			return new ExecutorServiceAdapter(new TaskExecutorAdapter(Executors.newWorkStealingPool(2)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("simple")
	static class Simple {

		@Bean
		Executor taskExecutor() {
			SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("simple-");
			executor.setTaskDecorator(new ContextPropagatingTaskDecorator());
			return new DelegatingSecurityContextAsyncTaskExecutor(executor);
		}

	}

	@Component
	@Profile("fork-join")
	static class ForkJoin implements Work {

		private final ForkJoinPool pool = new ForkJoinPool(2);

		@Override
		public void begin() {
			this.pool.submit(() -> Evidence.work(MILLIS));
		}

	}

	@Component
	@Profile("field-pool")
	static class FieldPool implements Work {

		private final ExecutorService pool = Executors.newFixedThreadPool(1);

		@Override
		public void begin() {
			this.pool.submit(() -> Evidence.work(MILLIS));
		}

	}

	@Component
	@Profile("static-pool")
	static class StaticPool implements Work {

		private static final ScheduledExecutorService POOL = Executors.newScheduledThreadPool(1);

		@Override
		public void begin() {
			POOL.schedule(() -> Evidence.work(MILLIS), 1, TimeUnit.MILLISECONDS);
		}

	}

	/**
	 * As people do it who never heard of beans for that.
	 */
	@Component
	@Profile("field-task-executor")
	static class FieldTaskExecutor implements Work {

		private final ThreadPoolTaskExecutor pool = pool();

		@Override
		public void begin() {
			this.pool.execute(() -> Evidence.work(MILLIS));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	@Profile("scheduling-configurer")
	static class Scheduling {

		@Bean
		SchedulingConfigurer configurer() {
			ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
			scheduler.initialize();
			return (registrar) -> {
				registrar.setScheduler(scheduler);
				registrar.addFixedDelayTask(() -> Evidence.work(Work.MILLIS), java.time.Duration.ofMillis(200));
			};
		}

		@Bean
		Work work() {
			return () -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("event-multicaster")
	static class Multicaster {

		@Bean
		SimpleApplicationEventMulticaster applicationEventMulticaster() {
			ExecutorService pool = Executors.newCachedThreadPool();
			SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster();
			multicaster.setTaskExecutor((task) -> pool.execute(task));
			return multicaster;
		}

		@Bean
		Work work(ApplicationEventPublisher publisher) {
			return () -> publisher.publishEvent(new Ordered());
		}

		@EventListener
		void on(Ordered ordered) {
			Evidence.work(Work.MILLIS);
		}

		record Ordered() {
		}

	}

}
