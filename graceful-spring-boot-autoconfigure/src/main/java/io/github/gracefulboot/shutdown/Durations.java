package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Locale;

/**
 * Compares durations, and writes them as people read them.
 *
 * @since 0.1.0
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
	 * Writes seconds with two decimals, such as {@code 1.25 s}.
	 * @param duration the duration
	 * @return the text
	 */
	public static String text(Duration duration) {
		return String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9);
	}

}
