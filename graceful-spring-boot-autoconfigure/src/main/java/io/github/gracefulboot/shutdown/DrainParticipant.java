package io.github.gracefulboot.shutdown;

import java.util.Collection;
import java.util.concurrent.CompletionStage;

/**
 * Something that has work in hand which a stop has to let finish: a server, a pool, a
 * queue. Declare one as a bean and the stop includes it. One that throws or never
 * completes is named in the log and delays the stop only until its deadline.
 *
 * @since 0.1.0
 */
public interface DrainParticipant {

	/**
	 * Returns what people call it, such as {@code web server} or {@code dataSource}.
	 * @return the name
	 */
	String name();

	/**
	 * Returns what it is to the work, which tells when it is drained.
	 * @return the role, {@link Role#INTAKE} unless overridden
	 */
	default Role role() {
		return Role.INTAKE;
	}

	/**
	 * Returns what is being done now. Called at any time, from any thread, also while
	 * nothing stops.
	 * @return the work in hand, empty if there is none
	 */
	Collection<ActiveTask> activeTasks();

	/**
	 * Takes nothing new from now on and finishes what is in hand. Must not block: do the
	 * waiting on a thread of its own.
	 * @param deadline when the stop goes on whether this is finished or not
	 * @return completes when nothing is in hand any more
	 */
	CompletionStage<?> drain(Deadline deadline);

}
