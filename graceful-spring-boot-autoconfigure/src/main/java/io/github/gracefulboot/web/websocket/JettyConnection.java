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
 * The connection of a WebSocket session of Jetty.
 *
 * @param session the session below the API that the application uses
 */
record JettyConnection(CoreSession session) {

	/**
	 * Jetty asks for further bytes after it has called the application, if the
	 * application does not do so itself.
	 * @return whether the application has not returned yet, or bytes have come
	 */
	boolean isHandling() {
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

	@Nullable Duration idle() {
		return (endPoint() instanceof AbstractEndPoint endPoint) ? Duration.ofMillis(endPoint.getIdleFor()) : null;
	}

	boolean isUnread(Duration patience) {
		return endPoint() instanceof AbstractEndPoint endPoint && endPoint.getWriteFlusher().isPending()
				&& endPoint.getIdleFor() > patience.toMillis();
	}

	/**
	 * Looks for the thread among all, since Jetty does not tell it.
	 * @return the thread, or {@code null} if several threads handle messages
	 */
	static @Nullable Thread thread() {
		List<Thread> threads = Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((entry) -> isHandling(entry.getValue()))
			.map(Map.Entry::getKey)
			.toList();
		return (threads.size() == 1) ? threads.get(0) : null;
	}

	private static boolean isHandling(StackTraceElement[] stack) {
		return Arrays.stream(stack)
			.anyMatch((frame) -> frame.getClassName().equals(WebSocketConnection.class.getName()));
	}

	private @Nullable EndPoint endPoint() {
		return (this.session instanceof WebSocketCoreSession core) ? core.getConnection().getEndPoint() : null;
	}

}
