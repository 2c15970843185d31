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
 * One of Jetty's connections, as it is now.
 */
final class ClientConnection {

	private static final boolean HTTP2_PRESENT = ClassUtils.isPresent("org.eclipse.jetty.http2.HTTP2Connection",
			ClientConnection.class.getClassLoader());

	private final SocketChannelEndPoint endPoint;

	/**
	 * What speaks to the client, inside of TLS if there is TLS.
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
	 * Looks in the order in which a request passes by, so that it is not overlooked:
	 * bytes in the socket, a thread that reads them, an exchange that begins.
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
	 * Tells an HTTP/2 client to leave, if it had a request served. One that had not would
	 * have to send its first request elsewhere.
	 */
	void tellToLeave() {
		Connection connection = this.connection;
		if (connection != null && isHttp2() && connection.getMessagesIn() > 0) {
			Http2Connections.tellToLeave(connection);
		}
	}

	/**
	 * Closes the connection if nothing is in flight on it and nothing has arrived.
	 * @return whether nothing can be in flight on it any more
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
	 * Does what Jetty does when the idle timeout expires: whoever takes the interest in
	 * bytes, this or the thread that is to read them, has the connection. What its client
	 * has not answered to is closed for writing first.
	 */
	private static boolean stopReading(EndPoint endPoint) {
		if (endPoint instanceof AbstractEndPoint reading) {
			return reading.getFillInterest().onFail(new ClosedChannelException());
		}
		// Such as that of a connection behind the PROXY protocol
		return endPoint instanceof EndPoint.Wrapper wrapper && stopReading(wrapper.unwrap());
	}

}
