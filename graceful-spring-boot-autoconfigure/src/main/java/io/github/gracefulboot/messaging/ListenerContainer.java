package io.github.gracefulboot.messaging;

import java.util.Collection;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;

/**
 * A container that receives messages from a broker and passes them to a listener. Two
 * instances are equal if they represent the same container.
 */
public interface ListenerContainer {

	/**
	 * Returns the id of the listener or the name of the bean.
	 * @return the name
	 */
	String name();

	/**
	 * Returns whether the container receives messages.
	 * @return whether it has been started and not stopped
	 */
	boolean isRunning();

	/**
	 * Stops receiving messages and completes those in progress. May block.
	 * @param deadline the deadline for messages in progress
	 * @param whenStopped called when no message is in progress any more
	 * @throws InterruptedException if the thread was interrupted while it waited
	 */
	void stop(Deadline deadline, Runnable whenStopped) throws InterruptedException;

	/**
	 * Called if the container has not stopped by the deadline, so that its destruction
	 * does not wait, too.
	 */
	default void giveUp() {
	}

	/**
	 * Returns whether messages were not acknowledged in time. Called when it has stopped.
	 * @return whether the broker will deliver messages again that were in progress
	 */
	default boolean hasUnacknowledged() {
		return false;
	}

	/**
	 * Describes what the container is still doing while it stops, or has not finished.
	 * @return a task for each of its threads, or one without a thread if the threads are
	 * unknown
	 */
	Collection<ActiveTask> activeTasks();

}
