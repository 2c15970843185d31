package io.github.gracefulboot.process;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Ends the process, and decides when the shutdown hooks of the JVM run. They come last,
 * since they close what work in hand uses, such as tracers and caches. But what the drain
 * waits for may be a loop that one of them ends, so that they are run when there has been
 * no progress for some time.
 */
final class JvmHooks {

	private static final Log logger = LogFactory.getLog(JvmHooks.class);

	/**
	 * H2's shutdown hook and its databases. It has no accessor for them.
	 */
	static final String H2_HOOK = "org.h2.engine.OnExitDatabaseCloser";

	static final String H2_DATABASES = "DATABASES";

	private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(5);

	private static final int PATIENCE_PART = 4;

	private static final int PATIENCE_PART_WITH_DATABASE = 2;

	private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

	private final ShutdownSequence shutdown;

	private final Runnable flushLogs;

	private final CountDownLatch stopped = new CountDownLatch(1);

	private volatile int code;

	/**
	 * Creates the end.
	 * @param shutdown what comes before it
	 * @param flushLogs writes what the logging system still buffers
	 */
	JvmHooks(ShutdownSequence shutdown, Runnable flushLogs) {
		this.shutdown = shutdown;
		this.flushLogs = flushLogs;
	}

	/**
	 * Runs the hooks as soon as the shutdown makes no progress.
	 * @param deadline when the process has to be gone
	 */
	void watch(Deadline deadline) {
		DaemonThreads.start("graceful-jvm-hooks", () -> {
			try {
				if (awaitLackOfProgress(deadline, patience(deadline.remaining()))) {
					run();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
	}

	private static Duration patience(Duration timeout) {
		return closeDatabases() ? timeout.dividedBy(PATIENCE_PART_WITH_DATABASE)
				: Durations.shorter(LONGEST_PATIENCE, timeout.dividedBy(PATIENCE_PART));
	}

	/**
	 * Returns whether the hooks close an embedded database under the statements that
	 * still run.
	 */
	private static boolean closeDatabases() {
		try {
			Field databases = Class.forName(H2_HOOK, true, JvmHooks.class.getClassLoader())
				.getDeclaredField(H2_DATABASES);
			databases.setAccessible(true);
			return !((Map<?, ?>) databases.get(null)).isEmpty();
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return false;
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			return true;
		}
	}

	private boolean awaitLackOfProgress(Deadline deadline, Duration patience) throws InterruptedException {
		while (!deadline.hasPassed() && !this.stopped.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
			if (this.shutdown.isDraining() && this.shutdown.getTimeWithoutProgress().compareTo(patience) > 0) {
				return true;
			}
		}
		return false;
	}

	private void run() {
		logger.debug(LogMessage.format("No progress for %s: running the shutdown hooks of the JVM, one of which may "
				+ "end what is still running", Durations.text(this.shutdown.getTimeWithoutProgress())));
		try {
			Runtime.getRuntime().addShutdownHook(new Thread(this::holdUntilStopped, "graceful-exit"));
		}
		catch (IllegalStateException ex) {
			// They run already
			return;
		}
		System.exit(0);
	}

	/**
	 * Holds the JVM, which has begun to exit with 0, until the shutdown is over.
	 */
	private void holdUntilStopped() {
		try {
			this.stopped.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (this.code != 0) {
			this.flushLogs.run();
			Runtime.getRuntime().halt(this.code);
		}
	}

	/**
	 * Ends the process.
	 * @param code its exit code
	 */
	void exit(int code) {
		this.code = code;
		this.stopped.countDown();
		System.exit(code);
	}

}
