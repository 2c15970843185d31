package io.github.gracefulboot.shutdown;

import java.util.Collection;

/**
 * Knows the threads of the application that are at work, whoever has started them. What
 * is still at work when the process ends dies with it.
 */
@FunctionalInterface
public interface ThreadsAtWork {

	/**
	 * Returns the threads that are at work now. Also called after beans were destroyed.
	 * @return the threads
	 */
	Collection<BusyThread> atWork();

}
