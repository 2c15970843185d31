package io.github.gracefulboot.traffic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * The time in which this process ran. While it is watched, a tick that comes late tells
 * that the process, or the machine, stood still: after a SIGSTOP, the migration of a
 * virtual machine, a long garbage collection. What did not happen meanwhile is no
 * evidence.
 */
final class RunningTime {

	private static final Log logger = LogFactory.getLog(RunningTime.class);

	private static final Duration TICK = Duration.ofMillis(20);

	/**
	 * What is no pause yet, since ticks come late on a busy machine.
	 */
	private static final long LATEST = Duration.ofMillis(200).toNanos();

	private final LongSupplier clock;

	private final WakeUp wakeUp;

	private final List<Pause> pauses = new ArrayList<>();

	private @Nullable Runnable end;

	private long lastTick;

	RunningTime(LongSupplier clock, WakeUp wakeUp) {
		this.clock = clock;
		this.wakeUp = wakeUp;
	}

	/**
	 * Begins to watch.
	 */
	synchronized void watch() {
		if (this.end == null) {
			this.lastTick = this.clock.getAsLong();
			try {
				this.end = this.wakeUp.every(TICK, "graceful-running-time", this::look);
			}
			catch (OutOfMemoryError ex) {
				logger.warn(LogMessage.format("No thread left to notice pauses of the process (%s)", ex.getMessage()));
			}
		}
	}

	/**
	 * Ends it.
	 */
	synchronized void end() {
		if (this.end != null) {
			this.end.run();
			this.end = null;
		}
	}

	private synchronized long look() {
		long now = this.clock.getAsLong();
		if (this.end != null && now - this.lastTick > LATEST) {
			this.pauses.add(new Pause(this.lastTick, now));
		}
		this.lastTick = now;
		return now;
	}

	/**
	 * Returns for how long the process has run since then.
	 * @param nanos a time of the clock
	 * @return the time without pauses
	 */
	synchronized Duration since(long nanos) {
		// Looks first: after a pause this may be called before the next tick
		long now = look();
		return Duration.ofNanos(now - nanos - this.pauses.stream().mapToLong((pause) -> pause.after(nanos)).sum());
	}

	private record Pause(long begin, long end) {

		private long after(long nanos) {
			return Math.max(0, this.end - Math.max(this.begin, nanos));
		}

	}

}
