package io.github.gracefulboot.shutdown;

/**
 * Thrown at start when a {@code graceful.*} property has a value that can not work.
 *
 * @since 0.1.0
 */
public class InvalidGracefulPropertyException extends RuntimeException {

	private final String property;

	private final String action;

	/**
	 * Creates the exception.
	 * @param property the name of the property
	 * @param reason what is wrong with its value, as a sentence
	 * @param action what to do, as a sentence
	 */
	public InvalidGracefulPropertyException(String property, String reason, String action) {
		super("Property '" + property + "' is invalid: " + reason);
		this.property = property;
		this.action = action;
	}

	/**
	 * Returns the name of the property.
	 * @return the name
	 */
	public String getProperty() {
		return this.property;
	}

	/**
	 * Returns what to do.
	 * @return a sentence
	 */
	public String getAction() {
		return this.action;
	}

}
