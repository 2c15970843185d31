package io.github.gracefulboot.shutdown;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * Compares durations, and writes them as people read them.
 */
public final class Durations {

	private Durations() {
	}

	/**
	 * Returns the shorter one.
	 * @param one a duration
	 * @param other a duration
	 * @return the shorter of the two
	 */
	public static Duration shorter(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

	/**
	 * Returns the longer one.
	 * @param one a duration
	 * @param other a duration
	 * @return the longer of the two
	 */
	public static Duration longer(Duration one, Duration other) {
		return (one.compareTo(other) > 0) ? one : other;
	}

	/**
	 * Returns whether a duration is longer than zero.
	 * @param duration a duration
	 * @return whether it is
	 */
	public static boolean isPositive(Duration duration) {
		return !duration.isNegative() && !duration.isZero();
	}

	/**
	 * Writes a duration as people read it, such as {@code 250 ms}, {@code 1.7 s} or
	 * {@code 24 s}.
	 * @param duration the duration
	 * @return the text
	 */
	public static String text(Duration duration) {
		long millis = Math.round(duration.toNanos() / 1e6);
		if (Math.abs(millis) < 1000) {
			return millis + " ms";
		}
		// Not by a Formatter, which a shutdown would be the first to load
		return BigDecimal.valueOf(millis, 3).setScale((millis < 9950) ? 1 : 0, RoundingMode.HALF_UP) + " s";
	}

}
