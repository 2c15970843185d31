package io.github.gracefulboot;

import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Something with work in hand that a shutdown has to let finish: a server, a pool, a
 * queue. Declare one as a bean, or as a lambda that drains:
 *
 * <pre class="code">
 * &#64;Bean
 * DrainParticipant mailQueue(MailQueue queue) {
 * 	return (deadline) -&gt; queue.flush();
 * }</pre>
 *
 * A participant that fails, or is not done in time, is named in the log and makes the
 * outcome a forced one. The shutdown goes on without it.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface DrainParticipant {

	/**
	 * Returns the name that logs and meters use, such as {@code web server}.
	 * @return the name, or {@code null} to use the name of the bean
	 */
	default @Nullable String name() {
		return null;
	}

	/**
	 * Returns what it is to the work, which decides when it is drained.
	 * @return the role, {@link Role#INTAKE} unless overridden
	 */
	default Role role() {
		return Role.INTAKE;
	}

	/**
	 * Returns the work in hand. Called at any time from any thread, also while nothing
	 * shuts down, and must not block.
	 * @return the work in hand, empty if there is none
	 */
	default Collection<ActiveTask> activeTasks() {
		return List.of();
	}

	/**
	 * Takes on nothing new and finishes what is in hand, which may block. Called once, on
	 * a thread of its own. When the deadline has passed, the tasks that are still active
	 * are named, and then the thread is interrupted.
	 * @param deadline when the shutdown goes on without it
	 * @throws InterruptedException if it was interrupted at the deadline
	 * @throws java.util.concurrent.TimeoutException if it noticed the deadline by itself
	 * @throws Exception if it cannot be drained
	 */
	void drain(Deadline deadline) throws Exception;

	/**
	 * What a participant is to the work that a shutdown lets finish. Roles are drained in
	 * this order, each once the one before has finished or its time is up.
	 */
	enum Role {

		/**
		 * Brings work in, such as a web server or a message listener. Drained in
		 * {@link Stage#DRAIN}.
		 */
		INTAKE(Stage.DRAIN),

		/**
		 * Holds work inside the process until somebody fetches it, such as a queue in
		 * memory. Drained in {@link Stage#DRAIN}, when nothing more is brought in.
		 */
		QUEUE(Stage.DRAIN),

		/**
		 * Does the work, such as an executor. Drained at the start of
		 * {@link Stage#RELEASE}, while all beans are still running.
		 */
		WORKER(Stage.RELEASE),

		/**
		 * Is used by the work, such as a pool of connections. Drained after Spring has
		 * stopped all lifecycle beans, and before any bean is destroyed.
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
