package io.github.gracefulboot;

import java.time.Duration;

import org.springframework.context.ApplicationEvent;

/**
 * Published when a shutdown enters its next stage, up to {@link Stage#EXIT}, after which
 * beans are destroyed and nobody could listen. As any event, it also reaches the
 * listeners of a parent context, so that those compare {@link #getSource()}, the
 * {@link GracefulShutdown} of the context that shuts down.
 *
 * @since 0.1.0
 */
public class StageChangedEvent extends ApplicationEvent {

	private final StopReason reason;

	private final Stage previous;

	private final Duration previousTook;

	private final Stage stage;

	private final Duration remaining;

	/**
	 * Creates the event.
	 * @param source the shutdown
	 * @param reason why the application shuts down
	 * @param previous the stage that has ended
	 * @param previousTook how long it took
	 * @param stage the stage that begins
	 * @param remaining how much of the budget is left
	 */
	public StageChangedEvent(GracefulShutdown source, StopReason reason, Stage previous, Duration previousTook,
			Stage stage, Duration remaining) {
		super(source);
		this.reason = reason;
		this.previous = previous;
		this.previousTook = previousTook;
		this.stage = stage;
		this.remaining = remaining;
	}

	/**
	 * Returns why the application shuts down.
	 * @return the reason
	 */
	public StopReason getReason() {
		return this.reason;
	}

	/**
	 * Returns the stage that has ended.
	 * @return the previous stage
	 */
	public Stage getPrevious() {
		return this.previous;
	}

	/**
	 * Returns how long the previous stage took.
	 * @return the duration, zero if it was {@link Stage#RUNNING}
	 */
	public Duration getPreviousTook() {
		return this.previousTook;
	}

	/**
	 * Returns the stage that begins.
	 * @return the stage
	 */
	public Stage getStage() {
		return this.stage;
	}

	/**
	 * Returns how much of the budget is left.
	 * @return the time left
	 */
	public Duration getRemaining() {
		return this.remaining;
	}

}
