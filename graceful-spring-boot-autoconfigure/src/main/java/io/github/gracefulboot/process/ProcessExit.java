package io.github.gracefulboot.process;

import java.util.concurrent.atomic.AtomicBoolean;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.shutdown.ProcessStopper;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.log.LogMessage;

/**
 * Closes the context and exits with the code that tells how that went, however many ask
 * for it.
 */
final class ProcessExit implements ProcessStopper {

	/**
	 * What the JVM exits with after SIGTERM. A stop request during the start ends it the
	 * same way as that signal.
	 */
	private static final int TERMINATED = 143;

	private static final Log logger = LogFactory.getLog(ProcessExit.class);

	private final ConfigurableApplicationContext context;

	private final ShutdownSequence shutdown;

	private final @Nullable DeadlineGuard guard;

	private final AtomicBoolean requested = new AtomicBoolean();

	private volatile boolean ready;

	/**
	 * Creates the exit.
	 * @param context the context to close
	 * @param shutdown how it is stopped
	 * @param guard watches over the deadline, or {@code null} if nobody does
	 */
	ProcessExit(ConfigurableApplicationContext context, ShutdownSequence shutdown, @Nullable DeadlineGuard guard) {
		this.context = context;
		this.shutdown = shutdown;
		this.guard = guard;
	}

	/**
	 * From now on a stop goes through its stages.
	 */
	void ready() {
		this.ready = true;
	}

	boolean isReady() {
		return this.ready;
	}

	boolean isRequested() {
		return this.requested.get();
	}

	/**
	 * Starts the budget and watches over it, before anything that could hang.
	 * @param reason why the process ends
	 * @param source who asked for it, for the log
	 * @return when it has to be gone
	 */
	Deadline begin(StopReason reason, String source) {
		Deadline deadline = this.shutdown.start(reason, source);
		if (this.guard != null) {
			this.guard.watch(deadline);
		}
		return deadline;
	}

	@Override
	public void stopProcess(StopReason reason, String source) {
		if (!this.requested.compareAndSet(false, true)) {
			logger.info(LogMessage.format("Ignoring %s: shutdown already in progress", source));
		}
		else {
			try {
				stop(reason, source);
			}
			catch (RuntimeException | Error ex) {
				// As when no thread can be started: another signal would be ignored
				Runtime.getRuntime().halt(1);
			}
		}
	}

	private void stop(StopReason reason, String source) {
		if (this.ready) {
			Deadline deadline = begin(reason, source);
			start(() -> stopAndExit(deadline));
		}
		else {
			start(() -> System.exit(TERMINATED));
			logger.info(LogMessage.format("%s during startup: exiting", source));
		}
	}

	private void start(Runnable exit) {
		Thread thread = new Thread(exit, "graceful-stop");
		thread.setContextClassLoader(this.context.getClassLoader());
		thread.setDaemon(false);
		thread.start();
	}

	private void stopAndExit(Deadline deadline) {
		int code = 1;
		try {
			this.context.close();
			awaitClosed(deadline);
			if (this.context.isActive()) {
				this.shutdown.cutOffRest();
			}
			code = this.shutdown.finish().exitCode();
		}
		finally {
			System.exit(code);
		}
	}

	/**
	 * Somebody else may have begun to close the context before the request came, in which
	 * case the call to close it returned at once.
	 * @param deadline when to wait no longer
	 */
	private void awaitClosed(Deadline deadline) {
		try {
			deadline.await(() -> !this.context.isActive());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
