package io.github.gracefulboot.messaging;

import java.util.Collection;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;

/**
 * What takes messages from a broker and gives them to a listener. Two of them are equal
 * if they stand for the same container.
 *
 * @since 0.1.0
 */
public interface ListenerContainer {

	/**
	 * Returns the id of the listener or the name of the bean.
	 * @return the name
	 */
	String name();

	/**
	 * Returns whether it takes messages.
	 * @return whether it has been started and not stopped
	 */
	boolean isRunning();

	/**
	 * Takes nothing new and finishes what is in hand. May block.
	 * @param deadline until when what is in hand may take
	 * @param whenStopped called when nothing is in hand any more
	 * @throws InterruptedException if the thread was interrupted while it waited
	 */
	void stop(Deadline deadline, Runnable whenStopped) throws InterruptedException;

	/**
	 * Called when the deadline has passed before it stopped, so that destroying it does
	 * not wait as well.
	 */
	default void giveUp() {
	}

	/**
	 * Describes what it is still doing after it was told to stop.
	 * @return a task for each of its threads, or one without a thread if they cannot be
	 * told
	 */
	Collection<ActiveTask> activeTasks();

}
