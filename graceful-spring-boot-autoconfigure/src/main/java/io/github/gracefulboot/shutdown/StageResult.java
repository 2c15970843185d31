package io.github.gracefulboot.shutdown;

import java.util.Locale;

/**
 * How a stage ended, the worst last.
 */
public enum StageResult {

	/**
	 * There was nothing to wait for.
	 */
	NOTHING_TO_WAIT_FOR,

	/**
	 * It is switched off.
	 */
	SKIPPED,

	/**
	 * All that it waited for has come.
	 */
	COMPLETED,

	/**
	 * Its time was up before it had completed.
	 */
	TIME_UP,

	/**
	 * The thread that shuts down was interrupted.
	 */
	INTERRUPTED,

	/**
	 * It failed with an exception.
	 */
	FAILED;

	/**
	 * Returns the name that meters use, such as {@code time-up}.
	 * @return the name
	 */
	public String id() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
