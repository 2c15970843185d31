package io.github.gracefulboot.web.websocket;

import java.time.Duration;

/**
 * A WebSocket session that is open, or whose close is not yet complete.
 */
interface OpenWebSocket {

	/**
	 * Code of a close frame that says that the server stops.
	 */
	int GOING_AWAY = 1001;

	String REASON = "Service is stopping";

	/**
	 * Returns what identifies the session as long as it is open.
	 * @return the identity
	 */
	Object id();

	/**
	 * Returns the path of its handshake.
	 * @return the path without the query, which may hold secrets
	 */
	String path();

	/**
	 * Sends the close frame. May block while the client does not read, and while the
	 * application's callbacks run.
	 * @param patience how long the client has time to answer
	 */
	void close(Duration patience);

	/**
	 * Closes the connection of a client that did not answer.
	 */
	void cut();

}
