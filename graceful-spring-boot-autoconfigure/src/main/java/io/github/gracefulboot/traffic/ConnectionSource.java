package io.github.gracefulboot.traffic;

import java.util.Collection;

/**
 * Lists the open connections of a server.
 */
@FunctionalInterface
public interface ConnectionSource {

	/**
	 * Returns the connections that are open now.
	 * @return the open connections, in no order
	 */
	Collection<OpenConnection> openConnections();

}
