package io.github.gracefulboot.web.tomcat;

import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import io.github.gracefulboot.traffic.OpenConnection.State;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.UpgradeToken;
import org.apache.coyote.http2.Http2AsyncUpgradeHandler;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 connection that reports whether requests are in flight, and whose client can
 * be told to leave without losing requests that are on their way.
 */
final class Http2Connection extends Http2AsyncUpgradeHandler {

	/**
	 * The last stream to serve while clients may not yet know that they are to leave.
	 */
	private static final int ANY_STREAM = Integer.MAX_VALUE;

	private static final int NO_ERROR = 0;

	private final Http2Requests requests;

	private final AtomicBoolean told = new AtomicBoolean();

	private Http2Connection(Http2Protocol protocol, Http2Requests requests, @Nullable Request upgraded,
			SocketWrapperBase<?> socket) {
		super(protocol, requests, upgraded, socket);
		this.requests = requests;
	}

	static Http2Connection create(Http2Protocol protocol, Adapter adapter, @Nullable Request upgraded,
			SocketWrapperBase<?> socket, BooleanSupplier leaving) {
		Http2Requests requests = new Http2Requests(adapter);
		Http2Connection connection = new Http2Connection(protocol, requests, upgraded, socket);
		requests.beforeEach(() -> {
			if (leaving.getAsBoolean()) {
				connection.tellToLeave();
			}
		});
		return connection;
	}

	/**
	 * Returns the connection of a processor.
	 * @param processor the current processor of a connection
	 * @return the connection, or {@code null} if it does not use HTTP/2
	 */
	static @Nullable Http2Connection of(@Nullable Object processor) {
		if (processor instanceof Processor current && current.isUpgrade()) {
			UpgradeToken token = current.getUpgradeToken();
			if (token != null && token.httpUpgradeHandler() instanceof Http2Connection connection) {
				return connection;
			}
		}
		return null;
	}

	/**
	 * Returns the state of the connection, provided that no thread reads from it. Checks
	 * in the order in which a request is processed: Tomcat no longer counts a stream when
	 * its last frame is about to be written, which happens while the request is served.
	 * @return the state
	 */
	State state() {
		if (this.activeRemoteStreamCount.get() > 0 || this.requests.areServed()) {
			return State.BUSY;
		}
		return this.requests.anyCame() ? State.IDLE : State.FRESH;
	}

	/**
	 * Tells the client to leave, unless it has not sent a request yet: it would have to
	 * send its first request elsewhere, and may return to this listener.
	 * @param writing whether a write is in progress, which has to be waited for
	 */
	void tellToLeaveIfServed(boolean writing) {
		if (!this.requests.anyCame()) {
			return;
		}
		if (!writing) {
			tellToLeave();
			return;
		}
		try {
			this.socketWrapper.execute(this::tellToLeave);
		}
		catch (RejectedExecutionException ex) {
			// The client is told with the next request or at the end of the connection
		}
	}

	/**
	 * Replaces Tomcat's behavior when the listener is closed, which would drop requests
	 * that arrive later than a round trip afterwards.
	 */
	@Override
	public void pause() {
		tellToLeave();
	}

	private void tellToLeave() {
		if (this.told.compareAndSet(false, true)) {
			try {
				writeGoAwayFrame(ANY_STREAM, NO_ERROR, null);
			}
			catch (IOException ex) {
				// Tomcat closes the connection when this happens again
			}
		}
	}

	/**
	 * Tells the client which request is the last to be served, so that it can safely
	 * repeat later ones, and closes the connection in the same way as when it has been
	 * idle for too long.
	 */
	void close() {
		upgradeDispatch(SocketEvent.TIMEOUT);
	}

}
