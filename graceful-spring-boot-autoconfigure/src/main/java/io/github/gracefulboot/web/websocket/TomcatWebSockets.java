package io.github.gracefulboot.web.websocket;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.OpenConnection.Upgrade;
import io.github.gracefulboot.traffic.Traffic;
import jakarta.websocket.CloseReason;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.websocket.Constants;
import org.apache.tomcat.websocket.WsSession;
import org.apache.tomcat.websocket.server.WsHttpUpgradeHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.core.log.LogMessage;
import org.springframework.util.function.SingletonSupplier;

/**
 * The WebSocket sessions of Tomcat, of which it lists only the connections.
 */
final class TomcatWebSockets implements WebSocketServer, AopInfrastructureBean {

	/**
	 * The field of {@link WsHttpUpgradeHandler} with the session of its connection.
	 */
	static final String SESSION = "wsSession";

	/**
	 * How long a client that does not read may block a thread. Tomcat's default of 50 ms
	 * may expire on a busy machine even if the client reads.
	 */
	private static final long SEND_TIMEOUT_MILLIS = 250;

	private static final Log logger = LogFactory.getLog(TomcatWebSockets.class);

	private final Traffic traffic;

	/**
	 * Looked for only when it is needed, since that loads most of Tomcat's WebSocket
	 * classes.
	 */
	private final SingletonSupplier<Field> session = SingletonSupplier.ofNullable(TomcatWebSockets::accessibleField);

	TomcatWebSockets(Traffic traffic) {
		this.traffic = traffic;
	}

	private static @Nullable Field accessibleField() {
		try {
			Field field = WsHttpUpgradeHandler.class.getDeclaredField(SESSION);
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
		List<OpenWebSocket> result = new ArrayList<>();
		for (OpenConnection connection : this.traffic.openConnections()) {
			Upgrade upgrade = connection.upgrade();
			if (upgrade != null && connection.id() instanceof NioSocketWrapper socket) {
				WsSession session = sessionOf(upgrade.handler());
				if (session != null) {
					result.add(new TomcatSession(session, socket, connection.lastActivity(), upgrade.thread()));
				}
			}
		}
		return result;
	}

	private @Nullable WsSession sessionOf(Object handler) {
		Field field = (handler instanceof WsHttpUpgradeHandler) ? this.session.get() : null;
		try {
			return (field != null) ? (WsSession) field.get(handler) : null;
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private record TomcatSession(WsSession session, NioSocketWrapper socket, long lastActivity,
			Thread thread) implements OpenWebSocket {

		@Override
		public Object id() {
			return this.session;
		}

		@Override
		public Object reactiveId() {
			return this.session.getId();
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

		/**
		 * Tomcat locks a connection while it calls the application.
		 */
		@Override
		public boolean isHandling() {
			return (this.socket.getLock().isLocked() && !this.socket.getLock().isHeldByCurrentThread()) || hasArrived();
		}

		/**
		 * Returns whether the socket contains bytes that are about to be read. There may
		 * also be bytes that the application does not want yet.
		 */
		private boolean hasArrived() {
			if (!this.socket.interestOpsHas(SelectionKey.OP_READ)) {
				return false;
			}
			try {
				return this.socket.getSocket().getIOChannel().socket().getInputStream().available() > 0;
			}
			catch (IOException | RuntimeException ex) {
				return false;
			}
		}

		@Override
		public Duration idle() {
			return Duration.ofNanos(System.nanoTime() - this.lastActivity);
		}

		@Override
		public boolean isUnread(Duration patience) {
			return this.socket.interestOpsHas(SelectionKey.OP_WRITE)
					&& System.currentTimeMillis() - this.socket.getLastWrite() > patience.toMillis();
		}

		@Override
		public boolean close(Duration patience, boolean handling) {
			if (handling) {
				close(patience);
				return true;
			}
			if (!this.socket.getLock().tryLock()) {
				return false;
			}
			try {
				if (hasArrived()) {
					return false;
				}
				close(patience);
				return true;
			}
			finally {
				this.socket.getLock().unlock();
			}
		}

		private void close(Duration patience) {
			Map<String, Object> properties = this.session.getUserProperties();
			properties.put(Constants.ABNORMAL_SESSION_CLOSE_SEND_TIMEOUT_PROPERTY, SEND_TIMEOUT_MILLIS);
			properties.put(Constants.SESSION_CLOSE_TIMEOUT_PROPERTY, patience.toMillis());
			CloseReason reason = new CloseReason(CloseReason.CloseCodes.GOING_AWAY, REASON);
			this.session.doClose(reason, reason);
		}

		@Override
		public void cut() {
			this.socket.close();
		}

	}

}
