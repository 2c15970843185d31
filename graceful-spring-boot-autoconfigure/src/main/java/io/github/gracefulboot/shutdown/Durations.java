package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Locale;

/**
 * Writes durations as people read them.
 */
final class Durations {

	private Durations() {
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
