package io.github.gracefulboot.traffic;

/**
 * A connection that a client holds open to one of the application's servers, as it was at
 * the moment of asking.
 *
 * @param id identifies the connection as long as it is open, compared by identity
 * @param state what the connection is doing
 * @param lastActivity when bytes were last read or written, in {@link System#nanoTime()}
 */
public record OpenConnection(Object id, State state, long lastActivity) {

	/**
	 * What a connection is doing.
	 */
	public enum State {

		/**
		 * Accepted, and nothing has come on it yet.
		 */
		FRESH,

		/**
		 * A part of a request has come, and the rest is waited for.
		 */
		READING,

		/**
		 * A request waits for a thread, is served or its response is being written.
		 */
		BUSY,

		/**
		 * Kept alive between two requests.
		 */
		IDLE,

		/**
		 * Handed over to another protocol, such as WebSocket or HTTP/2, which knows by
		 * itself what is in flight.
		 */
		UPGRADED

	}

}
