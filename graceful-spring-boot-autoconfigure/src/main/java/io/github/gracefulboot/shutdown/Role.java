package io.github.gracefulboot.shutdown;

/**
 * What a {@link DrainParticipant} is to the work that a stop lets finish. Roles are
 * drained in this order, each only after the one before is finished or its time is over.
 *
 * @since 0.1.0
 */
public enum Role {

	/**
	 * Brings work in, such as a web server or a message listener. Drained in
	 * {@link Stage#DRAIN}.
	 */
	INTAKE(Stage.DRAIN),

	/**
	 * Holds inside the process what was brought in and others have to fetch, such as a
	 * queue in memory. Drained in {@link Stage#DRAIN}, too, when nothing is brought in
	 * any more.
	 */
	QUEUE(Stage.DRAIN),

	/**
	 * Does what was brought in, such as an executor. Drained when {@link Stage#RELEASE}
	 * begins, while all beans are still running.
	 */
	WORKER(Stage.RELEASE),

	/**
	 * Is used by the work, such as a pool of connections. Drained when Spring has stopped
	 * all lifecycle beans, before any bean is destroyed.
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
