package io.github.gracefulboot.startup;

/**
 * Observes the waits of a start.
 */
@FunctionalInterface
public interface StartupObserver {

	/**
	 * Called after each failed attempt. Must not block.
	 * @param status the check and the reason of its failure, in one line
	 */
	void waitsFor(String status);

}
