package io.github.gracefulboot.shutdown;

/**
 * A participant that ends by itself what it has in hand, such as streams, but not before
 * others were told of the shutdown: the application may have something to say first.
 */
public interface WaitsForOthers {

	/**
	 * Returns whether it has nothing else in hand, so that the others are told at once.
	 * Must not block.
	 * @return whether it waits for them only
	 */
	boolean waitsForOthers();

	/**
	 * Called when the others have been told: the listeners of Spring's event, and
	 * lifecycle beans in phases above the web server's.
	 */
	void othersWereTold();

}
