package io.github.gracefulboot.traffic;

import java.time.Duration;
import java.util.Arrays;

/**
 * What is known of one client that asks for readiness: its period, the longest of its
 * last intervals, and how many of its last answers said not ready. The longest interval
 * counts, because two checkers behind one address and User-Agent ask in an uneven rhythm.
 */
public final class Prober {

	private static final int INTERVALS = 3;

	private static final int PERIODS_UNTIL_GONE = 3;

	private final Client client;

	private final long[] intervals = new long[INTERVALS];

	private long asked;

	private long lastAsked;

	private int failuresInARow;

	private int successesInARow;

	Prober(Client client) {
		this.client = client;
	}

	synchronized void answered(long now, boolean ready) {
		if (this.asked > 0) {
			this.intervals[(int) (this.asked % INTERVALS)] = now - this.lastAsked;
		}
		this.asked++;
		this.lastAsked = now;
		this.failuresInARow = ready ? 0 : this.failuresInARow + 1;
		this.successesInARow = ready ? this.successesInARow + 1 : 0;
	}

	/**
	 * Returns who it is.
	 * @return the client
	 */
	public Client client() {
		return this.client;
	}

	/**
	 * Returns the time between two of its probes.
	 * @return the period, zero if it asked only once
	 */
	public synchronized Duration period() {
		return Duration.ofNanos(longestInterval());
	}

	/**
	 * Returns how many of its last answers in a row said not ready.
	 * @return the number of failing answers
	 */
	public synchronized int failuresInARow() {
		return this.failuresInARow;
	}

	/**
	 * Returns how many of its last answers in a row said ready.
	 * @return the number of successful answers
	 */
	public synchronized int successesInARow() {
		return this.successesInARow;
	}

	/**
	 * Returns whether the client still probes: it asked at least twice, and not longer
	 * ago than three of its own periods.
	 * @param now the time, in {@link System#nanoTime()}
	 * @return whether it is an active prober
	 */
	public synchronized boolean isActive(long now) {
		return this.asked > 1 && now - this.lastAsked <= PERIODS_UNTIL_GONE * longestInterval();
	}

	/**
	 * Returns when it asked last.
	 * @return the time, in {@link System#nanoTime()}
	 */
	public synchronized long lastAsked() {
		return this.lastAsked;
	}

	/**
	 * Returns how long after its last question it counts as gone.
	 * @return the time
	 */
	public synchronized Duration patience() {
		return Duration.ofNanos(PERIODS_UNTIL_GONE * longestInterval());
	}

	private long longestInterval() {
		return Arrays.stream(this.intervals).max().orElse(0);
	}

	@Override
	public String toString() {
		return this.client.toString();
	}

}
