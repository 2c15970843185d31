package io.github.gracefulboot.field;

import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import jakarta.annotation.PreDestroy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.CommandLineRunner;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Work that no bean knows.
 */
class BackgroundRows {

	@Configuration(proxyBeanMethods = false)
	@Profile("run-async")
	static class RunAsync {

		@Bean
		Work work() {
			return () -> CompletableFuture.runAsync(() -> Evidence.work(Work.MILLIS));
		}

	}

	/**
	 * A lifecycle bean that writes what it holds when it is stopped, and does not wait.
	 */
	@Component
	@Profile("late-run-async")
	static class LateRunAsync implements Work, SmartLifecycle {

		private volatile boolean running;

		@Override
		public void begin() {
			Evidence.write("begun");
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			CompletableFuture.runAsync(() -> Evidence.work(Work.MILLIS));
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

	/**
	 * A thread of another class, which its bean waits for when it is destroyed.
	 */
	@Component
	@Profile("finishing-bean")
	static class FinishingBean implements Work {

		private final Thread thread = new Thread(new Writing());

		@Override
		public void begin() {
			this.thread.start();
		}

		@PreDestroy
		void close() throws InterruptedException {
			this.thread.join();
		}

		private static final class Writing implements Runnable {

			@Override
			public void run() {
				Evidence.work(Work.MILLIS);
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("delayed")
	static class Delayed {

		@Bean
		Work work() {
			return () -> CompletableFuture
				.supplyAsync(() -> "x", CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS))
				.thenAcceptAsync((x) -> Evidence.work(Work.MILLIS));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("reactor-elastic")
	static class ReactorElastic {

		@Bean
		Work work() {
			return () -> Mono.fromRunnable(() -> Evidence.work(Work.MILLIS))
				.subscribeOn(Schedulers.boundedElastic())
				.subscribe();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("reactor-parallel")
	static class ReactorParallel {

		@Bean
		Work work() {
			return () -> Flux.range(0, 1)
				.parallel()
				.runOn(Schedulers.parallel())
				.doOnNext((x) -> Evidence.work(Work.MILLIS))
				.subscribe();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("reactor-delay")
	static class ReactorDelay {

		@Bean
		Work work() {
			return () -> {
				Evidence.write("begun");
				Mono.delay(java.time.Duration.ofMillis(Work.MILLIS)).subscribe((x) -> Evidence.write("done"));
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("parallel-stream")
	static class ParallelStream {

		@Bean
		Work work() {
			return () -> {
				Thread thread = new Thread(() -> List.of(1).parallelStream().forEach((x) -> Evidence.work(Work.MILLIS)),
						"import");
				thread.setDaemon(true);
				thread.start();
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("timer")
	static class TimerWork {

		@Bean
		Work work() {
			Timer timer = new Timer("exports", true);
			return () -> timer.schedule(new TimerTask() {

				@Override
				public void run() {
					Evidence.work(Work.MILLIS);
				}

			}, 1);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("thread")
	static class ThreadWork {

		@Bean
		Work work() {
			return () -> new Thread(() -> Evidence.work(Work.MILLIS), "export").start();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("thread-long")
	static class LongThreadWork {

		@Bean
		Work work() {
			return () -> new Thread(() -> Evidence.work(60_000), "export").start();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("runner")
	static class RunnerWork {

		@Bean
		CommandLineRunner runner() {
			return (args) -> Evidence.work(Work.MILLIS);
		}

		@Bean
		Work work() {
			return () -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("runner-forever")
	static class RunnerForever {

		@Bean
		CommandLineRunner runner() {
			return (args) -> Thread.currentThread().join();
		}

		@Bean
		Work work() {
			return () -> CompletableFuture.runAsync(() -> Evidence.work(Work.MILLIS));
		}

	}

}
