package io.github.gracefulboot.shutdown;

import java.time.Duration;

/**
 * A participant with work in hand that the application has given a time of its own.
 */
public interface NeedsTime {

	/**
	 * Returns how long the application lets the work go on. Must not block.
	 * @return the time, or zero if there is no such work
	 */
	Duration neededTime();

}
