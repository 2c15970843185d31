package io.github.gracefulboot.web;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.ConnectionSource;

/**
 * A web server in the steps of its drain. What the steps are for and when they come is
 * the same for every server; how they are done is not.
 */
public interface DrainableServer extends ConnectionSource {

	/**
	 * From now on tells each client, with its next response, that the connection closes.
	 */
	void tellClientsToLeave();

	/**
	 * Closes the listening sockets. Connections that were accepted or wait to be accepted
	 * are served.
	 * @param deadline when to have it done
	 */
	void closeListeners(Deadline deadline);

	/**
	 * Closes the connections on which nothing is in flight.
	 * @return whether no connection is left on which something could be
	 */
	boolean closeIdleConnections();

	/**
	 * Called when requests are left that were waited for in vain, or that wait for the
	 * shutdown themselves: the server has to stop soon though they go on.
	 */
	default void abandonRequests() {
	}

}
