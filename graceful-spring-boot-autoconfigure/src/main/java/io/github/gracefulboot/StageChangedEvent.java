package io.github.gracefulboot;

import java.time.Duration;

import org.springframework.context.ApplicationEvent;

/**
 * Published when a stop enters its next stage, up to {@link Stage#EXIT} after which beans
 * are destroyed and nobody could listen.
 *
 * @since 0.1.0
 */
public class StageChangedEvent extends ApplicationEvent {

	private final Stage previous;

	private final Duration previousTook;

	private final Stage stage;

	private final Duration remaining;

	public StageChangedEvent(Object source, Stage previous, Duration previousTook, Stage stage, Duration remaining) {
		super(source);
		this.previous = previous;
		this.previousTook = previousTook;
		this.stage = stage;
		this.remaining = remaining;
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
