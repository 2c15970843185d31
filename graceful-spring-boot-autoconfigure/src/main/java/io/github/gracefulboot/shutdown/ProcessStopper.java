package io.github.gracefulboot.shutdown;

/**
 * Stops the application and ends its process, as a stop signal does. There is none in a
 * container that hosts the application as a WAR, since the process is the container's.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ProcessStopper {

	/**
	 * Begins the stop, at the first call, and returns at once.
	 * @param reason who asks for it, such as {@code SIGTERM}, for the log
	 */
	void stopProcess(String reason);

}
