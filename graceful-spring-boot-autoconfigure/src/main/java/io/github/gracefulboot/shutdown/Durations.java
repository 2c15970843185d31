package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Locale;

/**
 * Compares durations, and writes them as people read them.
 */
final class Durations {

	private Durations() {
	}

	static Duration shorter(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

	static Duration longer(Duration one, Duration other) {
		return (one.compareTo(other) > 0) ? one : other;
	}

	/**
	 * Writes seconds with two decimals, such as {@code 1.25 s}.
	 * @param duration the duration
	 * @return the text
	 */
	static String text(Duration duration) {
		return String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9);
	}

}
