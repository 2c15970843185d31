package io.github.gracefulboot.web.jetty;

import java.nio.charset.StandardCharsets;

import io.github.gracefulboot.traffic.OpenConnection.State;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.Callback;

/**
 * Operations on HTTP/2 connections. Loaded only if Jetty's HTTP/2 library is present.
 */
final class Http2Connections {

	private static final String REASON = "shutdown";

	/**
	 * The last stream to serve while clients may not yet know that they are to leave.
	 * After {@link Integer#MAX_VALUE}, Jetty would send the actual number as soon as no
	 * stream is open, and drop requests that are on their way.
	 */
	private static final int ANY_STREAM = Integer.MAX_VALUE - 2;

	private Http2Connections() {
	}

	static boolean contains(Connection connection) {
		return connection instanceof HTTP2Connection;
	}

	static State stateOf(Connection connection) {
		HTTP2Session session = session(connection);
		if (!session.getStreams().isEmpty()) {
			return State.BUSY;
		}
		return (session.getStreamsOpened() == 0) ? State.FRESH : State.IDLE;
	}

	/**
	 * Tells a client to send further requests elsewhere. Those that are on their way are
	 * still served.
	 * @param connection the connection
	 */
	static void tellToLeave(Connection connection) {
		session(connection).goAway(
				new GoAwayFrame(ANY_STREAM, ErrorCode.NO_ERROR.code, REASON.getBytes(StandardCharsets.US_ASCII)),
				Callback.NOOP);
	}

	/**
	 * Tells a client which request is the last to be served, so that it can safely repeat
	 * later ones, and closes the connection.
	 * @param connection the connection
	 * @return whether no request is in flight
	 */
	static boolean close(Connection connection) {
		HTTP2Session session = session(connection);
		session.close(ErrorCode.NO_ERROR.code, REASON, Callback.from(() -> closeIfIdle(session)));
		return session.getStreams().isEmpty();
	}

	private static void closeIfIdle(HTTP2Session session) {
		if (session.getStreams().isEmpty()) {
			session.getEndPoint().close();
		}
	}

	private static HTTP2Session session(Connection connection) {
		return ((HTTP2Connection) connection).getSession();
	}

}
