package io.github.gracefulboot.field;

/**
 * What {@code POST /begin} begins. A profile has one of its own.
 */
@FunctionalInterface
interface Work {

	/**
	 * How long work takes that ends by itself, in milliseconds.
	 */
	long MILLIS = 3000;

	/**
	 * Begins it and returns.
	 */
	void begin() throws Exception;

}
