package io.github.gracefulboot.shutdown;

/**
 * Starts a new process of the application, which takes the place of this one when it is
 * ready.
 */
@FunctionalInterface
public interface ProcessReplacer {

	/**
	 * Begins to replace this process, and returns at once.
	 * @param source who asks for it, such as {@code SIGHUP}, for the log
	 */
	void replaceProcess(String source);

}
