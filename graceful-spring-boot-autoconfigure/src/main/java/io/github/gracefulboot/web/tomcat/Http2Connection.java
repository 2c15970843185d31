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
 * An HTTP/2 connection that tells what is in flight on it, and whose client is told to
 * leave without losing a request that is on its way.
 */
final class Http2Connection extends Http2AsyncUpgradeHandler {

	/**
	 * The last stream that is served, as long as clients may not have heard that they are
	 * to leave.
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
	 * Returns the connection that a processor serves.
	 * @param processor a connection's current processor
	 * @return the connection, or {@code null} if it does not speak HTTP/2
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
	 * Returns what the connection is doing, provided that nobody reads from it. Looks in
	 * the order in which a request passes by: Tomcat no longer counts a stream when its
	 * last frame is about to be written, which happens while the request is served.
	 * @return the state
	 */
	State state() {
		if (this.activeRemoteStreamCount.get() > 0 || this.requests.areServed()) {
			return State.BUSY;
		}
		return this.requests.anyCame() ? State.IDLE : State.FRESH;
	}

	/**
	 * Tells the client to leave, if it had a request served. One that had not would have
	 * to send its first request elsewhere, and may come back to this listener.
	 * @param writing whether something is being written, so that this has to wait
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
			// The next request tells, or the end of the connection
		}
	}

	/**
	 * Replaces what Tomcat does when the listener is closed: it would go on to drop
	 * requests that come later than a round trip after.
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
				// Tomcat closes the connection when it comes across this again
			}
		}
	}

	/**
	 * Tells the client which request was the last to be served, so that it knows that it
	 * may repeat any that comes now, and closes the connection, as Tomcat does when it
	 * was idle for too long.
	 */
	void close() {
		upgradeDispatch(SocketEvent.TIMEOUT);
	}

}
