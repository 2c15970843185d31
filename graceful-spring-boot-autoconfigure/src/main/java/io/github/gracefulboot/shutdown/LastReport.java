package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Implemented by whoever knows how the shutdown before the start of this process went.
 */
@FunctionalInterface
public interface LastReport {

	/**
	 * Returns how it went.
	 * @return the summary, or {@code null} if it is not known
	 */
	@Nullable Summary lastReport();

	/**
	 * How a shutdown went.
	 *
	 * @param file where the report is
	 * @param outcome {@code clean}, {@code forced}, or {@code unfinished} if the process
	 * was killed
	 * @param reason why it began, such as {@code sigterm}
	 * @param startedAt when it began
	 * @param took how long it took
	 * @param line the last line of its log, empty if it was killed
	 */
	record Summary(String file, String outcome, String reason, Instant startedAt, Duration took, String line) {

	}

}
