package io.github.gracefulboot;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A read-only view of the shutdown of an application context. A bean of this type can be
 * injected wherever the starter is active.
 *
 * @since 0.1.0
 */
public interface GracefulShutdown {

	/**
	 * Returns the current stage.
	 * @return the stage, {@link Stage#RUNNING} until a shutdown begins
	 */
	Stage getStage();

	/**
	 * Returns why the application shuts down.
	 * @return the reason, or {@code null} until a shutdown begins
	 */
	@Nullable StopReason getReason();

	/**
	 * Returns when the whole shutdown has to be over.
	 * @return the deadline, or {@code null} until a shutdown begins
	 */
	@Nullable Deadline getDeadline();

	/**
	 * Returns what a shutdown would wait for now. Can be called at any time from any
	 * thread.
	 * @return the work of all participants, empty if there is none
	 */
	List<ActiveTask> getActiveTasks();

}
