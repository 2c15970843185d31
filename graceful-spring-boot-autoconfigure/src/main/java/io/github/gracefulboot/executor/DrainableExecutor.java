package io.github.gracefulboot.executor;

import java.time.Duration;
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
	 * Returns whether it is a scheduler.
	 * @return whether it runs scheduled tasks
	 */
	default boolean schedules() {
		return false;
	}

	/**
	 * Returns whether no task is running or queued.
	 * @return whether there is nothing to wait for
	 */
	default boolean isIdle() {
		return inHand() == 0;
	}

	/**
	 * Returns the number of tasks that have ended, which shows whether a task has run
	 * between two calls.
	 * @return the number, possibly an estimate
	 */
	long completed();

	/**
	 * Returns the number of tasks that are running or queued.
	 * @return the number, possibly an estimate
	 */
	long inHand();

	/**
	 * Returns whether a task is known to have been running since then.
	 * @param nanoTime a time of {@link System#nanoTime()}
	 * @return {@code false} if that is not known
	 */
	default boolean runsSince(long nanoTime) {
		return false;
	}

	/**
	 * Refuses further tasks if Spring would have done so by now.
	 * @return whether it refuses them, so that it becomes idle
	 */
	default boolean refuseTasks() {
		return false;
	}

	/**
	 * Returns how long the application lets its tasks go on.
	 * @return the time, or zero if nothing was set
	 */
	default Duration terminationTimeout() {
		return Duration.ZERO;
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
