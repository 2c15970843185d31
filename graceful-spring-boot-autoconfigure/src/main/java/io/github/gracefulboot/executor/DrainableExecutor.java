package io.github.gracefulboot.executor;

import java.util.Collection;

import io.github.gracefulboot.ActiveTask;

/**
 * An executor bean as a stop sees it.
 */
interface DrainableExecutor {

	/**
	 * Returns the name of the bean.
	 * @return the name
	 */
	String name();

	/**
	 * Lets no more work begin that only time brings. What is submitted is still accepted,
	 * as work of another executor may need it. Called again while the drain goes on.
	 */
	default void stopSchedules() {
	}

	/**
	 * Drops what waits for a thread.
	 * @return how many tasks were dropped
	 */
	default int dropQueued() {
		return 0;
	}

	/**
	 * Takes no more work, where that is the only way to learn that it is done.
	 */
	default void refuseWork() {
	}

	/**
	 * Returns whether nothing is running and nothing waits for a thread.
	 * @return whether there is nothing to wait for
	 */
	boolean isIdle();

	/**
	 * Returns a number that changes with each task, so that who looks twice knows whether
	 * something ran in between.
	 * @return such as the number of tasks so far
	 */
	default long tasks() {
		return 0;
	}

	/**
	 * Returns what is running and waiting.
	 * @param named whether to look for the threads, which costs more
	 * @return the work in hand
	 */
	Collection<ActiveTask> activeTasks(boolean named);

	/**
	 * Waits for the rest no longer, nor lets it hold up the destruction of the bean.
	 */
	default void cutOff() {
	}

}
