package io.github.gracefulboot.web.websocket;

import java.time.Duration;

/**
 * A WebSocket session that is open or not yet completely closed.
 */
interface OpenWebSocket {

	/**
	 * The status code of a close frame for an endpoint that is going away.
	 */
	int GOING_AWAY = 1001;

	String REASON = "Service is stopping";

	/**
	 * Returns an object that identifies the session while it is open.
	 * @return the identity
	 */
	Object id();

	/**
	 * Returns the path of the handshake.
	 * @return the path without the query, which may contain secrets
	 */
	String path();

	/**
	 * Sends the close frame. May block while the client does not read and while callbacks
	 * of the application are running.
	 * @param patience how long to wait for the client's response
	 */
	void close(Duration patience);

	/**
	 * Closes the connection of a client that did not respond.
	 */
	void cut();

}
