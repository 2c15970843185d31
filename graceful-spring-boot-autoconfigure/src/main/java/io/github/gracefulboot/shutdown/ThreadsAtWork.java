package io.github.gracefulboot.shutdown;

import java.util.Collection;

import io.github.gracefulboot.ActiveTask;

/**
 * Knows the threads of the application that are at work, whoever has started them. What
 * is still at work when the process ends dies with it.
 */
@FunctionalInterface
public interface ThreadsAtWork {

	/**
	 * Returns the threads that are at work now. Also called after beans were destroyed.
	 * @return a task for each thread, which says what it is busy with
	 */
	Collection<ActiveTask> atWork();

}
