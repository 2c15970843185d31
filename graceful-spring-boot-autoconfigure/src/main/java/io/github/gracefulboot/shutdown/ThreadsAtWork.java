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

	/**
	 * Returns whether a thread is at a loop and has nothing in hand: it waits for
	 * something to come, or pauses as it did when the service became ready. Such a loop
	 * ends with the bean that runs it.
	 * @param thread the thread
	 * @return {@code false} if it works, or that is not known
	 */
	default boolean isAtLoop(Thread thread) {
		return false;
	}

}
