package io.github.gracefulboot.supervisor;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.shutdown.DaemonThreads;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Looks twice a second at a start or stop that goes on, tells supervisors what it is
 * doing, and asks them for more time as long as it gets anywhere.
 */
final class Heartbeat {

	private static final Log logger = LogFactory.getLog(Heartbeat.class);

	private static final Duration INTERVAL = Duration.ofMillis(500);

	private final Supervisors supervisors;

	private final Work work;

	private final ScheduledExecutorService executor;

	private @Nullable Object latestSign;

	private long progressed = System.nanoTime();

	private boolean stopped;

	/**
	 * Creates a heart that does not beat yet.
	 * @param supervisors who is told
	 * @param name the name of its thread
	 * @param work what it looks at
	 */
	Heartbeat(Supervisors supervisors, String name, Work work) {
		this.supervisors = supervisors;
		this.work = work;
		this.executor = Executors.newSingleThreadScheduledExecutor(DaemonThreads.factory(name));
		supervisors.atEnd(this::stop);
	}

	synchronized void start() {
		if (!this.stopped && !this.supervisors.links().isEmpty()) {
			this.executor.scheduleWithFixedDelay(this::beat, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	private void beat() {
		try {
			look();
		}
		catch (RuntimeException | Error ex) {
			logger.debug("Supervisors are not told how it goes on this time", ex);
		}
	}

	private void look() {
		Object sign = this.work.progress();
		long now = System.nanoTime();
		if (!sign.equals(this.latestSign)) {
			this.latestSign = sign;
			this.progressed = now;
		}
		tell(this.work.status(), this.work.isOverdue() ? null : Duration.ofNanos(now - this.progressed));
	}

	/**
	 * Looking takes a while. What was seen before the end must not be told after it.
	 */
	private synchronized void tell(String status, @Nullable Duration sinceProgress) {
		if (this.stopped) {
			return;
		}
		this.supervisors.status(status);
		if (sinceProgress != null) {
			this.supervisors.extend(sinceProgress);
		}
	}

	synchronized void stop() {
		this.stopped = true;
		this.executor.shutdownNow();
	}

	/**
	 * A start or a stop.
	 */
	interface Work {

		/**
		 * Returns how far the work has come.
		 * @return something that is equal to what it was before exactly if the work got
		 * nowhere
		 */
		Object progress();

		/**
		 * Returns what the work is doing.
		 * @return a line
		 */
		String status();

		/**
		 * Returns whether the work has had its time.
		 * @return whether it deserves no more
		 */
		default boolean isOverdue() {
			return false;
		}

	}

}
