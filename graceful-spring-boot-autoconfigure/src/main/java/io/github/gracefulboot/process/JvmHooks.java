package io.github.gracefulboot.process;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Ends the process, and decides when the shutdown hooks of the JVM run. They come last,
 * since they close what work in hand uses, such as tracers and caches. But what the drain
 * waits for may be a loop that one of them ends, so that they are run when there has been
 * no progress for some time: soon if only tasks are left, most of which are loops.
 */
final class JvmHooks {

	private static final Log logger = LogFactory.getLog(JvmHooks.class);

	/**
	 * H2's shutdown hook, which has no accessor.
	 */
	private static final String H2_HOOK = "org.h2.engine.OnExitDatabaseCloser";

	private static final String H2_HOOK_INSTANCE = "INSTANCE";

	private static final Duration PATIENCE = Duration.ofSeconds(3);

	private static final Duration PATIENCE_WITH_TASKS = Duration.ofSeconds(1);

	private static final int PATIENCE_PART = 4;

	private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

	/**
	 * More hooks than libraries register.
	 */
	private static final int THREADS = 16;

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
		try {
			DaemonThreads.start("graceful-jvm-hooks", () -> runWithoutProgress(deadline));
		}
		catch (OutOfMemoryError ex) {
			logger.debug("No thread left to watch the progress: the shutdown hooks of the JVM run last", ex);
		}
	}

	private void runWithoutProgress(Deadline deadline) {
		try {
			if (awaitLackOfProgress(deadline) && hasThreads()) {
				run();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean awaitLackOfProgress(Deadline deadline) throws InterruptedException {
		Duration longest = deadline.remaining().dividedBy(PATIENCE_PART);
		while (!deadline.hasPassed() && !this.stopped.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
			// In the release stage it is executors and threads that are waited for
			Duration patience = (this.shutdown.getStage() == Stage.RELEASE) ? PATIENCE_WITH_TASKS : PATIENCE;
			if (this.shutdown.isDraining()
					&& this.shutdown.getTimeWithoutProgress().compareTo(Durations.shorter(patience, longest)) > 0) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Returns whether the system has threads left for the hooks, each of which needs one.
	 * Where it had none, the JVM would not run the rest of them, such as the one that
	 * holds it, and would be gone.
	 */
	private static boolean hasThreads() throws InterruptedException {
		CountDownLatch enough = new CountDownLatch(1);
		List<Thread> threads = new ArrayList<>();
		try {
			for (int i = 0; i < THREADS; i++) {
				threads.add(DaemonThreads.start("graceful-probe", () -> awaitInterruptibly(enough)));
			}
			return true;
		}
		catch (OutOfMemoryError ex) {
			logger.debug("No threads left for the shutdown hooks of the JVM: they run last", ex);
			return false;
		}
		finally {
			enough.countDown();
			for (Thread thread : threads) {
				thread.join();
			}
		}
	}

	private static void awaitInterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void run() {
		logger.debug(LogMessage.format("No progress for %s: running the shutdown hooks of the JVM, one of which may "
				+ "end what is still running", Durations.text(this.shutdown.getTimeWithoutProgress())));
		Thread h2 = takeFromJvm();
		try {
			Runtime.getRuntime().addShutdownHook(new Thread(() -> holdUntilStopped(h2), "graceful-exit"));
		}
		catch (IllegalStateException ex) {
			// They run already
			return;
		}
		System.exit(0);
	}

	/**
	 * Takes the hook from the JVM that closes embedded databases of H2 under the
	 * statements that still run.
	 * @return the hook, or {@code null} if there is none
	 */
	private static @Nullable Thread takeFromJvm() {
		try {
			Field instance = Class.forName(H2_HOOK, false, JvmHooks.class.getClassLoader())
				.getDeclaredField(H2_HOOK_INSTANCE);
			instance.setAccessible(true);
			return (instance.get(null) instanceof Thread hook && Runtime.getRuntime().removeShutdownHook(hook)) ? hook
					: null;
		}
		catch (ReflectiveOperationException | RuntimeException | LinkageError ex) {
			return null;
		}
	}

	/**
	 * Holds the JVM, which has begun to exit with 0, until the shutdown is over.
	 * @param last the hook that comes last, or {@code null} if there is none
	 */
	private void holdUntilStopped(@Nullable Thread last) {
		awaitInterruptibly(this.stopped);
		if (last != null) {
			last.run();
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
