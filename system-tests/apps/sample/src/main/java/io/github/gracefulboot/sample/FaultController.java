package io.github.gracefulboot.sample;

import java.util.concurrent.CountDownLatch;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Breaks this process, to see what its supervisor makes of that. It is not there unless
 * {@code sample.faults=true}.
 */
@RestController
@ConditionalOnBooleanProperty("sample.faults")
class FaultController {

	private final Object one = new Object();

	private final Object other = new Object();

	private final ConfigurableApplicationContext context;

	private final AsyncTaskExecutor executor;

	private final ApplicationArguments arguments;

	FaultController(ConfigurableApplicationContext context,
			@Qualifier("applicationTaskExecutor") AsyncTaskExecutor executor, ApplicationArguments arguments) {
		this.context = context;
		this.executor = executor;
		this.arguments = arguments;
	}

	/**
	 * Says that this process is not live any more, as an application does that found
	 * itself in a state that only a restart ends.
	 */
	@PostMapping("/broken")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void broken() {
		AvailabilityChangeEvent.publish(this.context, this, LivenessState.BROKEN);
	}

	/**
	 * Lets two threads wait for each other for ever, each holding what the other one
	 * needs. Requests are still answered.
	 */
	@PostMapping("/deadlock")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void deadlock() {
		CountDownLatch bothHoldOne = new CountDownLatch(2);
		start("deadlock-1", () -> holdThenWant(this.one, this.other, bothHoldOne));
		start("deadlock-2", () -> holdThenWant(this.other, this.one, bothHoldOne));
	}

	/**
	 * Lets every thread wait that writes to the log from now on.
	 */
	@PostMapping("/block-log")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void blockLog() {
		AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

			@Override
			protected void append(ILoggingEvent event) {
				await(new CountDownLatch(1));
			}

		};
		Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		appender.setContext(root.getLoggerContext());
		appender.start();
		root.addAppender(appender);
	}

	/**
	 * Ends the process from a request.
	 * @param code the exit code
	 */
	@PostMapping("/exit")
	void exit(@RequestParam int code) {
		System.exit(code);
	}

	/**
	 * Ends the process from a task of an executor.
	 * @param code the exit code
	 */
	@PostMapping("/exit-from-task")
	void exitFromTask(@RequestParam int code) {
		this.executor.execute(() -> System.exit(code));
	}

	/**
	 * Closes the context from a request.
	 */
	@PostMapping("/close")
	void close() {
		this.context.close();
	}

	/**
	 * Closes the context and runs the application anew, in the same process.
	 */
	@PostMapping("/restart")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void restart() {
		String[] args = this.arguments.getSourceArgs();
		Thread thread = new Thread(() -> {
			this.context.close();
			SpringApplication.run(SampleApplication.class, args);
		}, "restart");
		thread.setDaemon(false);
		thread.start();
	}

	/**
	 * Runs a task that only a shutdown hook of the JVM ends.
	 */
	@PostMapping("/loop-until-hook")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void loopUntilHook() {
		CountDownLatch ended = new CountDownLatch(1);
		Runtime.getRuntime().addShutdownHook(new Thread(ended::countDown));
		this.executor.execute(() -> await(ended));
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void start(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.start();
	}

	private void holdThenWant(Object held, Object wanted, CountDownLatch bothHoldOne) {
		synchronized (held) {
			bothHoldOne.countDown();
			try {
				bothHoldOne.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return;
			}
			synchronized (wanted) {
				throw new IllegalStateException("Never reached");
			}
		}
	}

}
