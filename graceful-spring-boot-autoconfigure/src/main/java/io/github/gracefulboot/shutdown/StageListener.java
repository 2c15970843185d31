package io.github.gracefulboot.shutdown;

import java.time.Duration;

import io.github.gracefulboot.Outcome;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StopReason;

/**
 * Follows the shutdown from inside: beans of the same context only, and before the
 * listeners of {@link io.github.gracefulboot.StageChangedEvent}, which are for
 * applications.
 */
@FunctionalInterface
public interface StageListener {

	/**
	 * Called when a stage begins, on the thread that shuts down. Must not block.
	 * @param change what has changed
	 */
	void stageChanged(Change change);

	/**
	 * Called when the log has said how the shutdown went, as the last thing before the
	 * process ends. Must be quick.
	 * @param ending how it went
	 */
	default void ended(Ending ending) {
	}

	/**
	 * Returns how long {@link #ended} may take where the process ends because its time is
	 * up. Asked for when the first stage has begun.
	 * @return the time, which is taken from that of the work in hand
	 */
	default Duration timeToEnd() {
		return Duration.ZERO;
	}

	/**
	 * The end of a shutdown.
	 *
	 * @param outcome how it went
	 * @param took how long it took
	 * @param line what the log says of it
	 */
	record Ending(Outcome outcome, Duration took, String line) {

	}

	/**
	 * The end of a stage and the beginning of the next.
	 *
	 * @param reason why the application shuts down
	 * @param previous the stage that has ended
	 * @param previousTook how long it took
	 * @param stage the stage that begins
	 */
	record Change(StopReason reason, Stage previous, Duration previousTook, Stage stage) {

	}

}
