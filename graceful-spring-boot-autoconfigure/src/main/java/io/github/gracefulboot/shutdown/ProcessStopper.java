package io.github.gracefulboot.shutdown;

import io.github.gracefulboot.StopReason;

/**
 * Stops the application and ends its process, as a stop signal does. There is none in a
 * container that hosts the application as a WAR, since the process is the container's.
 */
@FunctionalInterface
public interface ProcessStopper {

	/**
	 * Begins the stop, at the first call, and returns at once.
	 * @param reason why
	 * @param source who asks for it, such as {@code SIGTERM}, for the log
	 */
	void stopProcess(StopReason reason, String source);

}
