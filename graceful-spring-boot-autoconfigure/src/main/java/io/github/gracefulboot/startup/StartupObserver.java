package io.github.gracefulboot.startup;

/**
 * Is told what a start waits for.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface StartupObserver {

	/**
	 * Called after each attempt that failed. Must not block.
	 * @param status what is waited for and why, in one line
	 */
	void waitsFor(String status);

}
