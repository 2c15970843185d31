package io.github.gracefulboot.process;

import java.time.Duration;

import io.github.gracefulboot.shutdown.Deadline;
import io.github.gracefulboot.shutdown.GracefulShutdown;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;

/**
 * Ends the process with exit code 1 when the budget is spent and something still hangs,
 * instead of waiting for the supervisor's kill. Begins to watch before anything else is
 * done that could hang. Does nothing for a context that is closed in a process that lives
 * on, or that never was ready.
 */
final class DeadlineGuard implements ApplicationListener<ContextClosedEvent>, Ordered {

	private static final Log logger = LogFactory.getLog(DeadlineGuard.class);

	/**
	 * How long the last words may take: a log whose reader hangs must not hold the exit.
	 */
	private static final Duration LAST_WORDS = Duration.ofMillis(250);

	private final ApplicationContext context;

	private final GracefulShutdown shutdown;

	private final StopSignals signals;

	DeadlineGuard(ApplicationContext context, GracefulShutdown shutdown, StopSignals signals) {
		this.context = context;
		this.shutdown = shutdown;
		this.signals = signals;
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (event.getApplicationContext() == this.context && this.signals.endProcess()) {
			Deadline deadline = this.shutdown.beginProcessExit();
			start("graceful-deadline", () -> exitAt(deadline));
		}
	}

	private void exitAt(Deadline deadline) {
		try {
			while (!deadline.hasPassed()) {
				Thread.sleep(deadline.remaining().toMillis() + 1);
			}
			Thread lastWords = start("graceful-last-words", this::sayLastWords);
			lastWords.join(LAST_WORDS.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		Runtime.getRuntime().halt(1);
	}

	private void sayLastWords() {
		this.shutdown.cutOffRest();
		this.shutdown.finish();
		logger.warn("The time for the stop is over (graceful.shutdown.timeout): exiting with code 1");
	}

	private Thread start(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
