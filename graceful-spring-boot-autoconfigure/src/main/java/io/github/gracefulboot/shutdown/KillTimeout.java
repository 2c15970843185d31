package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Optional;

/**
 * Tells how long a supervisor waits, from its stop request on, before it kills the
 * process. The stop then takes no longer than that, less a margin, whatever
 * {@code graceful.shutdown.timeout} says.
 */
public interface KillTimeout {

	/**
	 * Returns when the supervisor kills. Asked once, while the application starts.
	 * @return the time from the stop request to the kill, or empty if the supervisor does
	 * not say
	 */
	Optional<Duration> untilKill();

	/**
	 * Returns where that comes from.
	 * @return the source, such as {@code PM2's kill_timeout}, for the log
	 */
	String source();

}
