package io.github.gracefulboot;

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

	/**
	 * What a participant is to the work that a stop lets finish. Roles are drained in
	 * this order, each only after the one before is finished or its time is over.
	 */
	enum Role {

		/**
		 * Brings work in, such as a web server or a message listener. Drained in
		 * {@link Stage#DRAIN}.
		 */
		INTAKE(Stage.DRAIN),

		/**
		 * Holds inside the process what was brought in and others have to fetch, such as
		 * a queue in memory. Drained in {@link Stage#DRAIN}, too, when nothing is brought
		 * in any more.
		 */
		QUEUE(Stage.DRAIN),

		/**
		 * Does what was brought in, such as an executor. Drained when
		 * {@link Stage#RELEASE} begins, while all beans are still running.
		 */
		WORKER(Stage.RELEASE),

		/**
		 * Is used by the work, such as a pool of connections. Drained when Spring has
		 * stopped all lifecycle beans, before any bean is destroyed.
		 */
		RESOURCE(Stage.RELEASE);

		private final Stage stage;

		Role(Stage stage) {
			this.stage = stage;
		}

		/**
		 * Returns the stage in which participants of this role are drained.
		 * @return the stage
		 */
		public Stage stage() {
			return this.stage;
		}

	}

}
