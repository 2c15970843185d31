package io.github.gracefulboot.web.websocket;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

import jakarta.servlet.ServletContext;
import jakarta.websocket.CloseReason;
import jakarta.websocket.server.ServerContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketSession;
import org.eclipse.jetty.ee11.websocket.jakarta.server.JakartaWebSocketServerContainer;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * The WebSocket sessions of Jetty, both those of Spring's handlers and those of Jakarta
 * endpoints.
 */
final class JettyWebSockets implements WebSocketServer, AopInfrastructureBean {

	private final Supplier<@Nullable ServletContext> servletContext;

	JettyWebSockets(Supplier<@Nullable ServletContext> servletContext) {
		this.servletContext = servletContext;
	}

	@Override
	public Collection<OpenWebSocket> sessions() {
		ServletContext context = this.servletContext.get();
		// Tomcat's container has the same attribute, where both are on the class path
		if (context == null || !(context
			.getAttribute(ServerContainer.class.getName()) instanceof JakartaWebSocketServerContainer container)) {
			return List.of();
		}
		return container.getOpenSessions()
			.stream()
			.<OpenWebSocket>map((session) -> new JettySession((JakartaWebSocketSession) session))
			.toList();
	}

	private record JettySession(JakartaWebSocketSession session) implements JettyOpenWebSocket {

		@Override
		public Object id() {
			return this.session;
		}

		@Override
		public String path() {
			return this.session.getRequestURI().getPath();
		}

		@Override
		public CoreSession coreSession() {
			return this.session.getCoreSession();
		}

		@Override
		public void goAway() {
			this.session.close(new CloseReason(CloseReason.CloseCodes.GOING_AWAY, REASON));
		}

		@Override
		public void cut() {
			this.session.abort();
		}

	}

}
