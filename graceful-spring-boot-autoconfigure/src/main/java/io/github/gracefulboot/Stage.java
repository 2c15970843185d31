package io.github.gracefulboot;

import java.util.Locale;

/**
 * The stages of a shutdown, in their order.
 *
 * @since 0.1.0
 */
public enum Stage {

	/**
	 * No shutdown has begun.
	 */
	RUNNING,

	/**
	 * Readiness is refused, and everybody who sends work is told that this instance
	 * leaves.
	 */
	ANNOUNCE,

	/**
	 * Every request is still served, until load balancers have noticed.
	 */
	LAME_DUCK,

	/**
	 * Nothing new is accepted, and what is in flight finishes.
	 */
	DRAIN,

	/**
	 * Executors finish, lifecycle beans stop, and what they have borrowed is returned.
	 */
	RELEASE,

	/**
	 * Beans are destroyed and the process ends.
	 */
	EXIT;

	/**
	 * Returns the name that logs, meters and endpoints use, such as {@code lame-duck}.
	 * @return the name
	 */
	public String id() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
