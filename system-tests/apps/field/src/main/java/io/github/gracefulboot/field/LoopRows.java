package io.github.gracefulboot.field;

import java.sql.Connection;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import jakarta.annotation.PreDestroy;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.stereotype.Component;

/**
 * Work that does not end by itself.
 */
class LoopRows {

	abstract static class Loop implements Work {

		private final AsyncTaskExecutor executor;

		private volatile boolean stopped;

		Loop(AsyncTaskExecutor executor) {
			this.executor = executor;
		}

		@Override
		public void begin() {
			this.executor.submit(this::run);
		}

		private void run() {
			Evidence.write("begun");
			while (!this.stopped) {
				try {
					Thread.sleep(20);
				}
				catch (InterruptedException ex) {
					Evidence.write("interrupted");
					return;
				}
			}
			Evidence.write("done");
		}

		void end() {
			this.stopped = true;
		}

	}

	@Component
	@Profile("loop-hook")
	static class LoopUntilHook extends Loop {

		LoopUntilHook(AsyncTaskExecutor applicationTaskExecutor) {
			super(applicationTaskExecutor);
			Runtime.getRuntime().addShutdownHook(new Thread(this::end));
		}

	}

	@Component
	@Profile("loop-pre-destroy")
	static class LoopUntilDestruction extends Loop {

		LoopUntilDestruction(AsyncTaskExecutor applicationTaskExecutor) {
			super(applicationTaskExecutor);
		}

		@PreDestroy
		void close() {
			end();
		}

	}

	@Component
	@Profile("loop-close-event")
	static class LoopUntilCloseEvent extends Loop {

		LoopUntilCloseEvent(AsyncTaskExecutor applicationTaskExecutor) {
			super(applicationTaskExecutor);
		}

		@EventListener(ContextClosedEvent.class)
		void close() {
			end();
		}

	}

	@Component
	@Profile("loop-interrupt")
	static class LoopUntilInterrupted extends Loop {

		LoopUntilInterrupted(AsyncTaskExecutor applicationTaskExecutor) {
			super(applicationTaskExecutor);
		}

	}

	@Component
	@Profile("loop-lifecycle")
	static class LoopUntilLifecycle extends Loop implements SmartLifecycle {

		private volatile boolean running;

		LoopUntilLifecycle(AsyncTaskExecutor applicationTaskExecutor) {
			super(applicationTaskExecutor);
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			end();
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

	/**
	 * A loop of a thread of its own, on a connection that it never gives back.
	 */
	@Component
	@Profile("listen")
	static class Listen implements Work {

		private final DataSource dataSource;

		Listen(DataSource dataSource) {
			this.dataSource = dataSource;
		}

		@Override
		public void begin() throws Exception {
			Thread thread = new Thread(this::run, "listen");
			thread.setDaemon(true);
			thread.start();
		}

		private void run() {
			try (Connection connection = this.dataSource.getConnection()) {
				Evidence.write("begun");
				while (true) {
					connection.prepareStatement("SELECT 1").executeQuery().close();
					Thread.sleep(100);
				}
			}
			catch (Exception ex) {
				Evidence.write("ended");
			}
		}

	}

	/**
	 * The same as a task, as Spring Integration's or Debezium's.
	 */
	@Component
	@Profile("listen-task")
	static class ListenTask extends Listen {

		private final AsyncTaskExecutor executor;

		ListenTask(DataSource dataSource, AsyncTaskExecutor applicationTaskExecutor) {
			super(dataSource);
			this.executor = applicationTaskExecutor;
		}

		@Override
		public void begin() throws Exception {
			this.executor.submit(() -> super.run());
		}

	}

	/**
	 * A lock that is held for life, as by leader election.
	 */
	@Component
	@Profile("held")
	static class Held implements Work {

		private final DataSource dataSource;

		private Connection connection;

		Held(DataSource dataSource) {
			this.dataSource = dataSource;
		}

		@Override
		public void begin() throws Exception {
			this.connection = this.dataSource.getConnection();
			this.connection.setAutoCommit(false);
			Evidence.write("begun");
		}

		@PreDestroy
		void close() throws Exception {
			this.connection.rollback();
			this.connection.close();
			Evidence.write("done");
		}

	}

	/**
	 * Consumes from a queue, on an executor bean, since the start.
	 */
	@Configuration(proxyBeanMethods = false)
	@Profile("consumer")
	static class Consumer {

		@Bean
		ExecutorService consumers() {
			return Executors.newSingleThreadExecutor();
		}

		@Bean
		Work work(ExecutorService consumers) {
			BlockingQueue<String> queue = new LinkedBlockingQueue<>();
			consumers.submit(() -> {
				while (true) {
					Evidence.write(queue.take());
				}
			});
			return () -> queue.add("begun");
		}

	}

	@Component
	@Profile("resubmit")
	static class Resubmit implements Work {

		private final AsyncTaskExecutor executor;

		Resubmit(AsyncTaskExecutor applicationTaskExecutor) {
			this.executor = applicationTaskExecutor;
		}

		@Override
		public void begin() {
			Evidence.write("begun");
			run();
		}

		private void run() {
			try {
				Thread.sleep(50);
				this.executor.submit(this::run);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	@Component
	@Profile("reschedule")
	static class Reschedule implements Work {

		private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

		@Override
		public void begin() {
			Evidence.write("begun");
			this.executor.scheduleWithFixedDelay(() -> {
			}, 0, 10, TimeUnit.MILLISECONDS);
		}

	}

	@Component
	@Profile({ "flush-own", "flush-async" })
	static class Flush implements Work {

		private final ExecutorService executor;

		Flush(ObjectProvider<ExecutorService> flusher) {
			this.executor = flusher.getIfAvailable(Executors::newCachedThreadPool);
		}

		@Override
		public void begin() {
			Evidence.write("begun");
		}

		@PreDestroy
		void flush() throws Exception {
			this.executor.submit(() -> Evidence.write("done")).get();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("flush-async")
	static class Flusher {

		@Bean
		ExecutorService flusher() {
			return Executors.newSingleThreadExecutor();
		}

	}

	/**
	 * Nobody waits for it but the executor, which is told to, here or by properties.
	 */
	@Component
	@Profile({ "await-termination", "long-async" })
	static class LongTask implements Work {

		private final AsyncTaskExecutor executor;

		LongTask(AsyncTaskExecutor executor) {
			this.executor = executor;
		}

		@Override
		public void begin() {
			this.executor.submit(() -> Evidence.work(40_000));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("await-termination")
	static class Patient {

		@Bean
		ThreadPoolTaskExecutor patient() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setWaitForTasksToCompleteOnShutdown(true);
			executor.setAwaitTerminationSeconds(90);
			return executor;
		}

	}

	/**
	 * A bean's own wait at its destruction.
	 */
	@Component
	@Profile("long-destroy")
	static class LongDestroy implements Work {

		@Override
		public void begin() {
			Evidence.write("begun");
		}

		@PreDestroy
		void close() throws Exception {
			Thread.sleep(35_000);
			Evidence.write("done");
		}

	}

}
