package io.github.gracefulboot;

import java.util.Locale;

/**
 * Where the application is between running and gone, in this order.
 *
 * @since 0.1.0
 */
public enum Stage {

	/**
	 * No stop has begun.
	 */
	RUNNING,

	/**
	 * Everybody who sends work here is told to stop sending it.
	 */
	ANNOUNCE,

	/**
	 * Every request is still served, until the balancer has seen the announcement.
	 */
	LAME_DUCK,

	/**
	 * Nothing new is accepted, and what is in flight finishes.
	 */
	DRAIN,

	/**
	 * Listeners, schedulers and executors stop, and what they borrowed is waited for.
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
