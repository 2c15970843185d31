package io.github.gracefulboot.web.websocket;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

import jakarta.servlet.ServletContext;
import org.eclipse.jetty.ee11.websocket.server.JettyWebSocketServerContainer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that were opened with Jetty's own WebSocket API, for example by Spring's
 * {@code JettyRequestUpgradeStrategy}.
 */
final class JettyNativeWebSockets implements WebSocketServer {

	private final Supplier<@Nullable ServletContext> servletContext;

	JettyNativeWebSockets(Supplier<@Nullable ServletContext> servletContext) {
		this.servletContext = servletContext;
	}

	@Override
	public Collection<OpenWebSocket> sessions() {
		ServletContext context = this.servletContext.get();
		JettyWebSocketServerContainer container = (context != null)
				? JettyWebSocketServerContainer.getContainer(context) : null;
		if (container == null) {
			return List.of();
		}
		return container.getOpenSessions().stream().<OpenWebSocket>map(JettySession::new).toList();
	}

	private record JettySession(Session session) implements OpenWebSocket {

		@Override
		public Object id() {
			return this.session;
		}

		@Override
		public String path() {
			return this.session.getUpgradeRequest().getRequestURI().getPath();
		}

		@Override
		public void close(Duration patience) {
			this.session.close(GOING_AWAY, REASON, Callback.NOOP);
		}

		@Override
		public void cut() {
			this.session.disconnect();
		}

	}

}
