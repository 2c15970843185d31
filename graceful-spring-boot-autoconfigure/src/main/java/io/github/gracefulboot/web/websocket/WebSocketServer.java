package io.github.gracefulboot.web.websocket;

import java.util.Collection;

/**
 * Provides the WebSocket sessions of a server.
 */
interface WebSocketServer {

	/**
	 * Returns the sessions that are open or not yet completely closed.
	 * @return the sessions, in no particular order
	 */
	Collection<OpenWebSocket> sessions();

}
