package io.github.gracefulboot.shutdown;

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
	FAILED

}
