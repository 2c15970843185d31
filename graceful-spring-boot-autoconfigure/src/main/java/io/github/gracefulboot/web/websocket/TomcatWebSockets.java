package io.github.gracefulboot.web.websocket;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import jakarta.servlet.ServletContext;
import jakarta.websocket.CloseReason;
import jakarta.websocket.server.ServerContainer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.tomcat.websocket.Constants;
import org.apache.tomcat.websocket.WsSession;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.apache.tomcat.websocket.server.WsServerContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * The WebSocket sessions of Tomcat, for which it has no accessor.
 */
final class TomcatWebSockets implements WebSocketServer {

	/**
	 * The field of {@link WsWebSocketContainer} that maps each session to itself.
	 */
	static final String SESSIONS = "sessions";

	/**
	 * How long a client that does not read may block a thread. Tomcat's default of 50 ms
	 * may expire on a busy machine even if the client reads.
	 */
	private static final long SEND_TIMEOUT_MILLIS = 250;

	private static final Log logger = LogFactory.getLog(TomcatWebSockets.class);

	private final Supplier<@Nullable ServletContext> servletContext;

	private final @Nullable Field sessions;

	TomcatWebSockets(Supplier<@Nullable ServletContext> servletContext) {
		this.servletContext = servletContext;
		this.sessions = accessibleField();
	}

	private static @Nullable Field accessibleField() {
		try {
			Field field = WsWebSocketContainer.class.getDeclaredField(SESSIONS);
			field.setAccessible(true);
			return field;
		}
		catch (NoSuchFieldException | RuntimeException ex) {
			logger.warn(
					LogMessage.format("WebSocket sessions of this version of Tomcat will be closed only when it stops, "
							+ "which is after other beans have been stopped: %s", ex));
			return null;
		}
	}

	@Override
	public Collection<OpenWebSocket> sessions() {
		ServletContext context = this.servletContext.get();
		if (this.sessions == null || context == null
				|| !(context.getAttribute(ServerContainer.class.getName()) instanceof WsServerContainer container)) {
			return List.of();
		}
		try {
			Map<?, ?> all = (Map<?, ?>) Objects.requireNonNull(this.sessions.get(container));
			List<OpenWebSocket> result = new ArrayList<>();
			all.keySet().forEach((session) -> result.add(new TomcatSession((WsSession) session, container)));
			return result;
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private record TomcatSession(WsSession session, WsServerContainer container) implements OpenWebSocket {

		@Override
		public Object id() {
			return this.session;
		}

		@Override
		public String path() {
			try {
				return this.session.getRequestURI().getPath();
			}
			catch (IllegalStateException ex) {
				return "whose client has not responded to the close";
			}
		}

		@Override
		public void close(Duration patience) {
			Map<String, Object> properties = this.session.getUserProperties();
			properties.put(Constants.ABNORMAL_SESSION_CLOSE_SEND_TIMEOUT_PROPERTY, SEND_TIMEOUT_MILLIS);
			properties.put(Constants.SESSION_CLOSE_TIMEOUT_PROPERTY, patience.toMillis());
			CloseReason reason = new CloseReason(CloseReason.CloseCodes.GOING_AWAY, REASON);
			this.session.doClose(reason, reason);
		}

		/**
		 * Makes Tomcat close all sessions whose clients did not respond in time.
		 */
		@Override
		public void cut() {
			this.container.setProcessPeriod(0);
			this.container.backgroundProcess();
		}

	}

}
