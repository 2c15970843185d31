package io.github.gracefulboot.traffic;

import org.jspecify.annotations.Nullable;

/**
 * A connection that a client holds open to one of the application's servers, as it was at
 * the moment of asking.
 *
 * @param id identifies the connection as long as it is open, compared by identity
 * @param state what the connection is doing
 * @param lastActivity when bytes were last read or written, in {@link System#nanoTime()}
 * @param upgrade the protocol that the connection was handed over to, or {@code null} if
 * it was not or the server does not tell
 */
public record OpenConnection(Object id, State state, long lastActivity, @Nullable Upgrade upgrade) {

	/**
	 * Creates a connection that is not upgraded, or whose protocol is not known.
	 * @param id identifies the connection as long as it is open
	 * @param state what the connection is doing
	 * @param lastActivity when bytes were last read or written
	 */
	public OpenConnection(Object id, State state, long lastActivity) {
		this(id, state, lastActivity, null);
	}

	/**
	 * A protocol that a connection was handed over to.
	 *
	 * @param handler the server's object that handles it
	 * @param thread the thread that works on it or did so last
	 */
	public record Upgrade(Object handler, Thread thread) {

	}

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
