package io.github.gracefulboot.shutdown;

/**
 * A participant whose work others would end if they heard of the shutdown, such as
 * messages that are acknowledged later: Spring would stop the container that has to be
 * there for it.
 */
public interface HoldsBack {

	/**
	 * Returns whether it has such work in hand. Must not block.
	 * @return whether the others have to wait
	 */
	boolean holdsBack();

}
