package io.github.gracefulboot.startup;

import java.time.Duration;

import io.github.gracefulboot.shutdown.Durations;
import org.jspecify.annotations.Nullable;

/**
 * Thrown at start when a {@link StartupCheck} did not pass in time.
 *
 * @since 0.1.0
 */
public class StartupCheckFailedException extends RuntimeException {

	private final String check;

	/**
	 * Creates the exception.
	 * @param check the name of the check
	 * @param attempts how often it was tried
	 * @param waited how long it was waited for
	 * @param cause why the last attempt failed, or {@code null} if it hung
	 */
	StartupCheckFailedException(String check, int attempts, Duration waited, @Nullable Throwable cause) {
		super("%s was not there after %s and %d %s: %s".formatted(check, Durations.text(waited), attempts,
				(attempts == 1) ? "attempt" : "attempts", reason(cause)), cause);
		this.check = check;
	}

	static String reason(@Nullable Throwable cause) {
		if (cause == null) {
			return "the last one did not come back";
		}
		Throwable root = cause;
		while (root.getCause() != null && root.getCause() != root) {
			root = root.getCause();
		}
		return String.valueOf((root.getMessage() != null) ? root.getMessage() : root).lines().findFirst().orElse("");
	}

	/**
	 * Returns the name of the check.
	 * @return the name
	 */
	public String getCheck() {
		return this.check;
	}

}
