package io.github.gracefulboot;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * A moment by which something has to be finished.
 *
 * @since 0.1.0
 */
public final class Deadline {

	private static final long POLL_MILLIS = 10;

	private final LongSupplier clock;

	private final long at;

	private Deadline(LongSupplier clock, long at) {
		this.clock = clock;
		this.at = at;
	}

	/**
	 * Creates a deadline.
	 * @param clock the time, as {@link System#nanoTime()} tells it
	 * @param timeout how far from now the deadline is
	 * @return the deadline
	 */
	public static Deadline after(LongSupplier clock, Duration timeout) {
		return new Deadline(clock, clock.getAsLong() + timeout.toNanos());
	}

	/**
	 * Returns the deadline that comes the given time before this one.
	 * @param reserve the time to keep
	 * @return the earlier deadline
	 */
	public Deadline minus(Duration reserve) {
		return new Deadline(this.clock, this.at - reserve.toNanos());
	}

	/**
	 * Returns the earlier one of this deadline and the given time from now.
	 * @param timeout the time from now
	 * @return the earlier deadline
	 */
	public Deadline atMost(Duration timeout) {
		Deadline other = after(this.clock, timeout);
		return (other.at - this.at < 0) ? other : this;
	}

	/**
	 * Returns how much time is left.
	 * @return the time left, zero when the deadline has passed
	 */
	public Duration remaining() {
		return Duration.ofNanos(Math.max(0, this.at - this.clock.getAsLong()));
	}

	/**
	 * Returns whether the deadline has passed.
	 * @return whether no time is left
	 */
	public boolean hasPassed() {
		return remaining().isZero();
	}

	/**
	 * Waits for something that tells nobody when it happens, and looks each 10 ms.
	 * @param condition what to wait for
	 * @return whether it came true before the deadline
	 * @throws InterruptedException if the thread was interrupted while it waited
	 */
	public boolean await(BooleanSupplier condition) throws InterruptedException {
		while (!condition.getAsBoolean()) {
			if (hasPassed()) {
				return false;
			}
			Thread.sleep(POLL_MILLIS);
		}
		return true;
	}

}
