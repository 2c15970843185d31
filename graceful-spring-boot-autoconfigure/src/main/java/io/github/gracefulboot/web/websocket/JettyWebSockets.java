package io.github.gracefulboot.web.websocket;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

import jakarta.servlet.ServletContext;
import jakarta.websocket.CloseReason;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketSession;
import org.eclipse.jetty.ee11.websocket.jakarta.server.JakartaWebSocketServerContainer;
import org.jspecify.annotations.Nullable;

/**
 * The WebSocket sessions of Jetty, both those of Spring's handlers and those of Jakarta
 * endpoints.
 */
final class JettyWebSockets implements WebSocketServer {

	private final Supplier<@Nullable ServletContext> servletContext;

	JettyWebSockets(Supplier<@Nullable ServletContext> servletContext) {
		this.servletContext = servletContext;
	}

	@Override
	public Collection<OpenWebSocket> sessions() {
		ServletContext context = this.servletContext.get();
		JakartaWebSocketServerContainer container = (context != null)
				? JakartaWebSocketServerContainer.getContainer(context) : null;
		if (container == null) {
			return List.of();
		}
		return container.getOpenSessions()
			.stream()
			.<OpenWebSocket>map((session) -> new JettySession((JakartaWebSocketSession) session))
			.toList();
	}

	private record JettySession(JakartaWebSocketSession session) implements OpenWebSocket {

		@Override
		public Object id() {
			return this.session;
		}

		@Override
		public String path() {
			return this.session.getRequestURI().getPath();
		}

		@Override
		public boolean isHandling() {
			return connection().isHandling();
		}

		@Override
		public @Nullable Duration idle() {
			return connection().idle();
		}

		@Override
		public @Nullable Thread thread() {
			return JettyConnection.thread();
		}

		@Override
		public boolean isUnread(Duration patience) {
			return connection().isUnread(patience);
		}

		private JettyConnection connection() {
			return new JettyConnection(this.session.getCoreSession());
		}

		@Override
		public boolean close(Duration patience, boolean handling) {
			if (!handling && isHandling()) {
				return false;
			}
			this.session.close(new CloseReason(CloseReason.CloseCodes.GOING_AWAY, REASON));
			return true;
		}

		@Override
		public void cut() {
			this.session.abort();
		}

	}

}
