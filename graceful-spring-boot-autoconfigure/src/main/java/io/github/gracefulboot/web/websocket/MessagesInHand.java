package io.github.gracefulboot.web.websocket;

import io.github.gracefulboot.ActiveTask;
import org.jspecify.annotations.Nullable;

/**
 * Knows of messages in hand that the server does not know of, since other threads than
 * its own handle them.
 */
interface MessagesInHand {

	/**
	 * Returns the work on the messages of a session, including replies that are not sent
	 * yet.
	 * @param session the session
	 * @return the work, or {@code null} if there is none
	 */
	@Nullable ActiveTask of(OpenWebSocket session);

	/**
	 * Called when sessions are to be closed, as soon as they have no message in hand.
	 */
	default void end() {
	}

}
