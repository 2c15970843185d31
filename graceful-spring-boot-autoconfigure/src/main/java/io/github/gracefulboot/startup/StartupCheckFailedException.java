package io.github.gracefulboot.startup;

import java.time.Duration;
import java.util.StringJoiner;

import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.shutdown.Durations;
import org.jspecify.annotations.Nullable;

/**
 * Thrown at start when a {@link StartupCheck} did not pass in time, or the process was
 * told to stop meanwhile.
 *
 * @since 0.1.0
 */
public final class StartupCheckFailedException extends RuntimeException {

	private final String check;

	private final boolean stopped;

	private StartupCheckFailedException(String message, String check, boolean stopped, @Nullable Throwable cause) {
		super(message, cause);
		this.check = check;
		this.stopped = stopped;
	}

	/**
	 * Creates the exception for a check whose time is over.
	 * @param check the name of the check
	 * @param attempts how often it was tried
	 * @param waited how long it was waited for
	 * @param hung whether the last attempt did not come back
	 * @param cause why the latest attempt that came back failed, or {@code null} if none
	 * did
	 * @return the exception
	 */
	static StartupCheckFailedException timedOut(String check, int attempts, Duration waited, boolean hung,
			@Nullable Throwable cause) {
		StringJoiner reasons = new StringJoiner(", the one before: ");
		if (hung) {
			reasons.add("the last one did not come back");
		}
		if (cause != null) {
			reasons.add(reason(cause));
		}
		return new StartupCheckFailedException(
				"%s was not there after %s: %s".formatted(check, waited(attempts, waited), reasons), check, false,
				cause);
	}

	/**
	 * Creates the exception for a wait that was given up.
	 * @param check the name of the check
	 * @param attempts how often it was tried
	 * @param waited how long it was waited for
	 * @param cause what ended the wait
	 * @return the exception
	 */
	static StartupCheckFailedException stopped(String check, int attempts, Duration waited,
			InterruptedException cause) {
		return new StartupCheckFailedException(
				"Told to stop while %s was waited for (%s)".formatted(check, waited(attempts, waited)), check, true,
				cause);
	}

	private static String waited(int attempts, Duration waited) {
		return "%s and %d %s".formatted(Durations.text(waited), attempts, (attempts == 1) ? "attempt" : "attempts");
	}

	/**
	 * Returns why something failed, in one line.
	 * @param failure the failure
	 * @return the first line of its message
	 */
	public static String reason(Throwable failure) {
		String message = failure.getMessage();
		return ((message != null) ? message : failure.toString()).lines().findFirst().orElse("");
	}

	/**
	 * Returns the name of the check.
	 * @return the name
	 */
	public String getCheck() {
		return this.check;
	}

	/**
	 * Returns whether the wait was given up since the process was told to stop.
	 * @return whether it was, rather than the time being over
	 */
	public boolean isStopped() {
		return this.stopped;
	}

}
