package io.github.gracefulboot.startup;

import java.time.Duration;
import java.util.StringJoiner;

import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.shutdown.Durations;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a {@link StartupCheck} did not pass in time, or if the shutdown was requested
 * while the start waited for it.
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
	 * Creates the exception for a check that did not pass in time.
	 * @param check the name of the check
	 * @param attempts the number of attempts
	 * @param waited how long the start has waited
	 * @param hung whether the last attempt did not return
	 * @param cause the failure of the latest attempt that returned, or {@code null} if
	 * none returned
	 * @return the exception
	 */
	static StartupCheckFailedException timedOut(String check, int attempts, Duration waited, boolean hung,
			@Nullable Throwable cause) {
		StringJoiner reasons = new StringJoiner("; previous attempt: ");
		if (hung) {
			reasons.add("the last attempt did not return");
		}
		if (cause != null) {
			reasons.add(reason(cause));
		}
		return new StartupCheckFailedException(
				"%s was still unavailable after %s: %s".formatted(check, waited(attempts, waited), reasons), check,
				false, cause);
	}

	/**
	 * Creates the exception for a wait that was interrupted by a shutdown.
	 * @param check the name of the check
	 * @param attempts the number of attempts
	 * @param waited how long the start has waited
	 * @param cause the interruption
	 * @return the exception
	 */
	static StartupCheckFailedException stopped(String check, int attempts, Duration waited,
			InterruptedException cause) {
		return new StartupCheckFailedException(
				"Shutdown requested while waiting for %s for %s".formatted(check, waited(attempts, waited)), check,
				true, cause);
	}

	/**
	 * Describes a wait.
	 * @param attempts the number of attempts
	 * @param waited how long the start has waited
	 * @return the description, such as {@code 4.0 s (8 attempts)}
	 */
	static String waited(int attempts, Duration waited) {
		return "%s (%d %s)".formatted(Durations.text(waited), attempts, (attempts == 1) ? "attempt" : "attempts");
	}

	/**
	 * Returns the reason of a failure in one line.
	 * @param failure the failure
	 * @return the first line of the message
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
	 * Returns whether the wait was interrupted by a shutdown.
	 * @return {@code true} if a shutdown was requested, {@code false} if the check did
	 * not pass in time
	 */
	public boolean isStopped() {
		return this.stopped;
	}

}
