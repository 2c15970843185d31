package io.github.gracefulboot.process;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Ends the process with exit code 1 when the budget is spent and something still hangs,
 * instead of waiting for the supervisor's kill.
 */
final class DeadlineGuard {

	private static final Log logger = LogFactory.getLog(DeadlineGuard.class);

	private static final String LAST_WORDS = "graceful.shutdown.timeout reached: exiting with code 1";

	/**
	 * How long the last words may take, at most and as a part of the whole: a log whose
	 * reader hangs must not hold the exit.
	 */
	private static final Duration LONGEST_LAST_WORDS = Duration.ofMillis(400);

	/**
	 * How long others may need besides, such as for an export of metrics over the
	 * network, at most and as a part of the whole.
	 */
	private static final Duration LONGEST_EXPORT = Duration.ofSeconds(2);

	/**
	 * How long the JVM lets threads finish that are in native code as it halts, such as
	 * those that wait for bytes.
	 */
	private static final Duration HALT = Duration.ofMillis(300);

	private static final int LAST_WORDS_PART = 20;

	private static final int EXPORT_PART = 10;

	private static final int HALT_PART = 25;

	private final Runnable flushLogs;

	private final JvmHooks hooks;

	private final AtomicBoolean watching = new AtomicBoolean();

	private volatile boolean speaking;

	/**
	 * Creates the guard.
	 * @param flushLogs writes what the logging system still buffers
	 * @param hooks may be what hangs
	 */
	DeadlineGuard(Runnable flushLogs, JvmHooks hooks) {
		this.flushLogs = flushLogs;
		this.hooks = hooks;
	}

	/**
	 * Begins to watch, at the first call.
	 * @param deadline when the process has to be gone
	 * @param shutdowns what it watches over
	 */
	void watch(Deadline deadline, List<ShutdownSequence> shutdowns) {
		if (this.watching.compareAndSet(false, true)) {
			try {
				DaemonThreads.start("graceful-deadline", () -> exitAt(deadline, shutdowns));
			}
			catch (OutOfMemoryError ex) {
				logger.warn(LogMessage.format("No thread left to watch over the shutdown (%s): if something hangs, the "
						+ "process has to be killed", ex.getMessage()));
			}
		}
	}

	boolean isWatching() {
		return this.watching.get();
	}

	private void exitAt(Deadline deadline, List<ShutdownSequence> shutdowns) {
		try {
			Duration left = deadline.remaining();
			Deadline halt = deadline.minus(Durations.shorter(left.dividedBy(HALT_PART), HALT));
			Deadline silence = halt.minus(Durations.shorter(left.dividedBy(LAST_WORDS_PART), LONGEST_LAST_WORDS));
			Duration longestExport = Durations.shorter(left.dividedBy(EXPORT_PART), LONGEST_EXPORT);
			sleepUntil(silence.minus(longestExport));
			sleepUntil(silence.minus(shutdowns.stream()
				.map(ShutdownSequence::getTimeToEnd)
				.map((time) -> Durations.shorter(time, longestExport))
				.reduce(Duration.ZERO, Durations::longer)));
			// A process that stood still meanwhile is late, and has to say what it loses
			Duration patience = halt.hasPassed() ? LONGEST_LAST_WORDS : halt.remaining();
			Thread lastWords = DaemonThreads.start("graceful-last-words", () -> sayLastWords(shutdowns));
			lastWords.join(patience.toMillis() + 1);
			if (this.speaking) {
				// The log does not hang, it is the machine that is busy
				lastWords.join(deadline.remaining().toMillis() + 1);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			// Though there may be neither a thread nor a class left for the last words
			Runtime.getRuntime().halt(1);
		}
	}

	private static void sleepUntil(Deadline time) throws InterruptedException {
		while (!time.hasPassed()) {
			Thread.sleep(time.remaining().toMillis() + 1);
		}
	}

	private void sayLastWords(List<ShutdownSequence> shutdowns) {
		logger.warn(LAST_WORDS);
		this.speaking = true;
		if (shutdowns.stream().allMatch(ShutdownSequence::isFinished)) {
			// Spring Boot has shut the log down as well
			System.err.println(LAST_WORDS + this.hooks.stillRunning());
		}
		for (ShutdownSequence shutdown : shutdowns) {
			if (!shutdown.isFinished()) {
				shutdown.cutOffRest();
			}
			shutdown.finish();
		}
		this.flushLogs.run();
	}

}
