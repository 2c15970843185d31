package io.github.gracefulboot.shutdown;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Knows the other processes that serve the port of this one: the one before it, the one
 * after it, or several beside it.
 */
public interface HandOver {

	/**
	 * Name of the bean, for those who must not create it.
	 */
	String BEAN = "gracefulHandOver";

	/**
	 * Returns whether others keep serving the port, so that clients and load balancers
	 * need not notice that this process stops. Only asked when the shutdown has begun;
	 * the answer does not change any more.
	 * @return whether the port is served on
	 */
	boolean isServedOn();

	/**
	 * Returns the process that this one took the port over from.
	 * @return the process, or {@code null} if this one opened the port
	 */
	@Nullable Generation takenOverFrom();

	/**
	 * Returns the process that took the port over from this one.
	 * @return the process, or {@code null} if none has
	 */
	@Nullable Generation handedOverTo();

	/**
	 * A process before or after this one.
	 *
	 * @param pid its id
	 * @param at when the port was taken over
	 */
	record Generation(long pid, Instant at) {

	}

}
