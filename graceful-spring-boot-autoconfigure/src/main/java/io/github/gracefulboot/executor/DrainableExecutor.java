package io.github.gracefulboot.executor;

import java.util.Collection;

import io.github.gracefulboot.ActiveTask;

/**
 * An executor bean that can be drained.
 */
interface DrainableExecutor {

	/**
	 * Returns the name of the bean.
	 * @return the name
	 */
	String name();

	/**
	 * Goes on accepting tasks when Spring tells it that the context closes.
	 */
	default void stayOpen() {
	}

	/**
	 * Prevents that scheduled work begins. Submitted tasks are still accepted, since work
	 * of another executor may need them. Called repeatedly while draining.
	 */
	default void stopSchedules() {
	}

	/**
	 * Drops queued tasks.
	 * @return the number of dropped tasks
	 */
	default int dropQueued() {
		return 0;
	}

	/**
	 * Refuses further tasks, if that is the only way to determine that all work is done.
	 */
	default void refuseWork() {
	}

	/**
	 * Returns whether no task is running or queued.
	 * @return whether there is nothing to wait for
	 */
	boolean isIdle();

	/**
	 * Returns a number that changes with each task, which shows whether a task has run
	 * between two calls.
	 * @return a number such as that of completed tasks
	 */
	default long tasks() {
		return 0;
	}

	/**
	 * Returns the running and queued tasks.
	 * @param named whether to determine the threads, which is more expensive
	 * @return the tasks
	 */
	Collection<ActiveTask> activeTasks(boolean named);

	/**
	 * Gives up on the remaining tasks, so that they do not delay the destruction of the
	 * bean.
	 */
	default void cutOff() {
	}

}
