package io.github.gracefulboot.traffic;

/**
 * A load balancer that is told of the shutdown, and says by itself what it makes of it.
 * Its {@code toString()} is its name.
 */
public interface ToldBalancer {

	/**
	 * Returns what it made of it.
	 * @return its last answer
	 */
	Answer answer();

	/**
	 * Returns whether it probes from an address.
	 * @param address the remote address
	 * @return whether it is there
	 */
	boolean isAt(String address);

	/**
	 * What a load balancer makes of a shutdown.
	 */
	enum Answer {

		/**
		 * Was told and has not answered.
		 */
		PENDING,

		/**
		 * Sends no new requests, and has some in hand.
		 */
		DRAINING,

		/**
		 * Sends nothing more.
		 */
		DRAINED,

		/**
		 * Could not be told or asked, has not answered in time or was not to be told.
		 */
		UNKNOWN

	}

}
