package io.github.gracefulboot.test;

/**
 * How many requests are due in which time.
 *
 * @param perSecond requests a second
 */
public record Rate(int perSecond) {

	/**
	 * Checks the rate.
	 * @param perSecond requests a second, at least one
	 */
	public Rate {
		if (perSecond < 1) {
			throw new IllegalArgumentException("%d requests a second are none: use at least 1".formatted(perSecond));
		}
	}

	/**
	 * So many requests each second.
	 * @param requests how many, at least one
	 * @return the rate
	 */
	public static Rate perSecond(int requests) {
		return new Rate(requests);
	}

}
