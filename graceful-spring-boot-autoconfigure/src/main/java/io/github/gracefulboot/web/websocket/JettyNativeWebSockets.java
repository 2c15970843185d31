package io.github.gracefulboot.web.websocket;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

import jakarta.servlet.ServletContext;
import org.eclipse.jetty.ee11.websocket.server.JettyWebSocketServerContainer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.common.WebSocketSession;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.util.ObjectUtils;

/**
 * The sessions that were opened with Jetty's own WebSocket API, for example by Spring's
 * {@code JettyRequestUpgradeStrategy}.
 */
final class JettyNativeWebSockets implements WebSocketServer, AopInfrastructureBean {

	private final Supplier<@Nullable ServletContext> servletContext;

	private final boolean reactive;

	/**
	 * Creates the sessions of a servlet context.
	 * @param servletContext the servlet context
	 * @param reactive whether the handlers are those of WebFlux, which ask for bytes when
	 * they want to, so that it says nothing about messages in hand
	 */
	JettyNativeWebSockets(Supplier<@Nullable ServletContext> servletContext, boolean reactive) {
		this.servletContext = servletContext;
		this.reactive = reactive;
	}

	@Override
	public Collection<OpenWebSocket> sessions() {
		ServletContext context = this.servletContext.get();
		JettyWebSocketServerContainer container = (context != null)
				? JettyWebSocketServerContainer.getContainer(context) : null;
		if (container == null) {
			return List.of();
		}
		return container.getOpenSessions()
			.stream()
			.<OpenWebSocket>map((session) -> new JettySession(session, this.reactive))
			.toList();
	}

	private record JettySession(Session session, boolean reactive) implements JettyOpenWebSocket {

		@Override
		public Object id() {
			return this.session;
		}

		@Override
		public Object reactiveId() {
			return ObjectUtils.getIdentityHexString(this.session);
		}

		@Override
		public String path() {
			return this.session.getUpgradeRequest().getRequestURI().getPath();
		}

		@Override
		public boolean isHandling() {
			return !this.reactive && JettyOpenWebSocket.super.isHandling();
		}

		@Override
		public CoreSession coreSession() {
			return ((WebSocketSession) this.session).getCoreSession();
		}

		@Override
		public void goAway() {
			this.session.close(GOING_AWAY, REASON, Callback.NOOP);
		}

		@Override
		public void cut() {
			this.session.disconnect();
		}

	}

}
