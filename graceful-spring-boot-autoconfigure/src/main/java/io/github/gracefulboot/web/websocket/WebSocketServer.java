package io.github.gracefulboot.web.websocket;

import java.util.Collection;

/**
 * Knows the WebSocket sessions of a server.
 */
interface WebSocketServer {

	/**
	 * Returns the sessions that are open, or whose close is not yet complete.
	 * @return the sessions, in no order
	 */
	Collection<OpenWebSocket> sessions();

}
