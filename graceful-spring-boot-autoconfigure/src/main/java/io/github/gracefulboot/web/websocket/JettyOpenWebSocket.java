package io.github.gracefulboot.web.websocket;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.WebSocketConnection;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket session of Jetty, whichever API the application uses.
 */
interface JettyOpenWebSocket extends OpenWebSocket {

	/**
	 * Returns the session below that API.
	 * @return the session
	 */
	CoreSession coreSession();

	/**
	 * Closes the session with 1001.
	 */
	void goAway();

	/**
	 * Jetty asks for further bytes after it has called the application, if the
	 * application does not do so itself.
	 * @return whether the application has not returned yet, or bytes have come
	 */
	@Override
	default boolean isHandling() {
		EndPoint endPoint = endPoint();
		return endPoint != null && (!endPoint.isFillInterested() || hasArrived(endPoint));
	}

	private static boolean hasArrived(EndPoint endPoint) {
		try {
			return endPoint instanceof SocketChannelEndPoint socket
					&& socket.getChannel().socket().getInputStream().available() > 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Override
	default @Nullable Duration idle() {
		return (endPoint() instanceof AbstractEndPoint endPoint) ? Duration.ofMillis(endPoint.getIdleFor()) : null;
	}

	@Override
	default boolean isUnread(Duration patience) {
		return endPoint() instanceof AbstractEndPoint endPoint && endPoint.getWriteFlusher().isPending()
				&& endPoint.getIdleFor() > patience.toMillis();
	}

	/**
	 * Looks for the thread among all, since Jetty does not tell it.
	 * @return the thread, or {@code null} if several threads handle messages
	 */
	@Override
	default @Nullable Thread thread() {
		List<Thread> threads = Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((entry) -> isHandling(entry.getValue()))
			.map(Map.Entry::getKey)
			.toList();
		return (threads.size() == 1) ? threads.get(0) : null;
	}

	@Override
	default boolean close(Duration patience, boolean handling) {
		if (!handling && isHandling()) {
			return false;
		}
		goAway();
		return true;
	}

	private static boolean isHandling(StackTraceElement[] stack) {
		return Arrays.stream(stack)
			.anyMatch((frame) -> frame.getClassName().equals(WebSocketConnection.class.getName()));
	}

	private @Nullable EndPoint endPoint() {
		return (coreSession() instanceof WebSocketCoreSession core) ? core.getConnection().getEndPoint() : null;
	}

}
