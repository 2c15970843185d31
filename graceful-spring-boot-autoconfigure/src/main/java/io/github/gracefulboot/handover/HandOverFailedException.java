package io.github.gracefulboot.handover;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the port cannot be taken over. The process that serves it is not affected.
 */
class HandOverFailedException extends RuntimeException {

	private final String action;

	/**
	 * Creates the exception.
	 * @param message what is wrong, as a sentence
	 * @param action what to do about it, as sentences
	 * @param cause the cause, or {@code null}
	 */
	HandOverFailedException(String message, String action, @Nullable Throwable cause) {
		super(message, cause);
		this.action = action;
	}

	HandOverFailedException(String message, String action) {
		this(message, action, null);
	}

	String action() {
		return this.action;
	}

}
