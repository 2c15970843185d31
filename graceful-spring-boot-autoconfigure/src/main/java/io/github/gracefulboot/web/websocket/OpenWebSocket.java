package io.github.gracefulboot.web.websocket;

import java.time.Duration;

import io.github.gracefulboot.traffic.Printable;
import org.jspecify.annotations.Nullable;

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
	 * @return the session as the application's handlers know it, or its connection
	 */
	Object id();

	/**
	 * Returns what identifies the session to WebFlux.
	 * @return the id of its session, or the connection
	 */
	default Object reactiveId() {
		return id();
	}

	/**
	 * Returns the path of the handshake.
	 * @return the path without the query, which may contain secrets
	 */
	String path();

	/**
	 * Returns what to call the session.
	 * @return such as {@code WebSocket /echo}
	 */
	default String description() {
		return "WebSocket " + Printable.path(path());
	}

	/**
	 * Returns whether the server is calling the application for this session, or is about
	 * to because bytes have come.
	 * @return whether a message is in hand, {@code false} where the server cannot tell
	 */
	default boolean isHandling() {
		return false;
	}

	/**
	 * Returns how long no bytes have come or gone.
	 * @return the time, {@code null} if it is not known
	 */
	default @Nullable Duration idle() {
		return null;
	}

	/**
	 * Returns the thread on which the server calls the application. May be expensive.
	 * @return the thread, or {@code null} if it is not known
	 */
	default @Nullable Thread thread() {
		return null;
	}

	/**
	 * Returns whether something has been waiting for the client to read it.
	 * @param patience for how long
	 * @return whether the client does not read
	 */
	default boolean isUnread(Duration patience) {
		return false;
	}

	/**
	 * Sends the close frame. May block while the client does not read and while callbacks
	 * of the application are running.
	 * @param patience how long to wait for the client's response
	 * @param handling whether to close the session even if a message is in hand
	 * @return {@code false} if a message has come in the meantime, so that the session is
	 * still open
	 */
	boolean close(Duration patience, boolean handling);

	/**
	 * Closes the connection of a client that did not respond.
	 */
	void cut();

}
