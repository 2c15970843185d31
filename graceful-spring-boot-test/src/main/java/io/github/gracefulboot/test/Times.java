package io.github.gracefulboot.test;

/**
 * How often something is done.
 *
 * @param count the number
 */
public record Times(int count) {

	/**
	 * Checks the number.
	 * @param count the number, at least one
	 */
	public Times {
		if (count < 1) {
			throw new IllegalArgumentException("%d times is never: use at least 1".formatted(count));
		}
	}

	/**
	 * So often.
	 * @param count the number, at least one
	 * @return how often
	 */
	public static Times times(int count) {
		return new Times(count);
	}

}
