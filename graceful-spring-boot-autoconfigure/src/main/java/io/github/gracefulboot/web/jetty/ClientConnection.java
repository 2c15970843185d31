package io.github.gracefulboot.web.jetty;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.OpenConnection.State;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.NegotiatingServerConnection;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * The current state of one of Jetty's connections.
 */
final class ClientConnection {

	private static final boolean HTTP2_PRESENT = ClassUtils.isPresent("org.eclipse.jetty.http2.HTTP2Connection",
			ClientConnection.class.getClassLoader());

	private final SocketChannelEndPoint endPoint;

	/**
	 * The connection of the application protocol, within TLS if TLS is used.
	 */
	private final @Nullable Connection connection;

	ClientConnection(SocketChannelEndPoint endPoint) {
		this.endPoint = endPoint;
		Connection connection = endPoint.getConnection();
		this.connection = (connection instanceof SslConnection ssl) ? ssl.getSslEndPoint().getConnection() : connection;
	}

	OpenConnection toOpenConnection() {
		return new OpenConnection(this.endPoint.getChannel(), state(),
				System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(this.endPoint.getIdleFor()));
	}

	/**
	 * Determines the state in the order in which a request is processed, so that it is
	 * not missed: bytes in the socket, a thread that reads them, an exchange that begins.
	 */
	private State state() {
		Connection connection = this.connection;
		if (connection == null || hasArrived() || !connection.getEndPoint().isFillInterested()) {
			return isUpgraded() ? State.UPGRADED : State.BUSY;
		}
		if (isHttp2()) {
			return Http2Connections.stateOf(connection);
		}
		if (connection instanceof ConnectionMetaData http1) {
			return InFlightExchanges.stateOf(http1);
		}
		return isUpgraded() ? State.UPGRADED : State.FRESH;
	}

	private boolean isHttp2() {
		return HTTP2_PRESENT && this.connection != null && Http2Connections.contains(this.connection);
	}

	private boolean isUpgraded() {
		return this.connection != null && !(this.connection instanceof ConnectionMetaData)
				&& !(this.connection instanceof NegotiatingServerConnection) && !isHttp2();
	}

	private boolean hasArrived() {
		try {
			return this.endPoint.getChannel().socket().getInputStream().available() > 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Tells an HTTP/2 client to leave, unless it has not sent a request yet, since it
	 * would have to send its first request elsewhere.
	 */
	void tellToLeave() {
		Connection connection = this.connection;
		if (connection != null && isHttp2() && connection.getMessagesIn() > 0) {
			Http2Connections.tellToLeave(connection);
		}
	}

	/**
	 * Closes the connection if no request is in flight and no data has arrived.
	 * @return whether no request can be in flight any more
	 */
	boolean closeIfIdle() {
		Connection connection = this.connection;
		State state = state();
		if (connection == null || state == State.BUSY) {
			return !this.endPoint.isOpen();
		}
		if (state == State.UPGRADED) {
			return true;
		}
		if (isHttp2()) {
			return Http2Connections.close(connection);
		}
		return stopReading(connection.getEndPoint()) || !this.endPoint.isOpen();
	}

	/**
	 * Does the same as Jetty when the idle timeout expires: whichever takes the interest
	 * in bytes first, this method or the thread that is about to read them, owns the
	 * connection.
	 */
	private static boolean stopReading(EndPoint endPoint) {
		if (endPoint instanceof AbstractEndPoint reading) {
			return reading.getFillInterest().onFail(new ClosedChannelException());
		}
		// For example that of a connection with the PROXY protocol
		return endPoint instanceof EndPoint.Wrapper wrapper && stopReading(wrapper.unwrap());
	}

}
