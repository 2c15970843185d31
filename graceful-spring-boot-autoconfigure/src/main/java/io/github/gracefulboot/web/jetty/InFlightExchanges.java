package io.github.gracefulboot.web.jetty;

import io.github.gracefulboot.traffic.OpenConnection.State;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;

/**
 * Sees each request come and its response go, and lets the response tell the client to
 * leave.
 */
final class InFlightExchanges implements HttpConfiguration.Customizer {

	/**
	 * Holds on an HTTP/1 connection how many bytes had been read when its last exchange
	 * ended, or {@link State#BUSY} while one is in progress.
	 */
	private static final String ATTRIBUTE = InFlightExchanges.class.getName();

	private volatile boolean leaving;

	void tellClientsToLeave() {
		this.leaving = true;
	}

	@Override
	public Request customize(Request request, HttpFields.Mutable responseHeaders) {
		ConnectionMetaData connection = request.getConnectionMetaData();
		if (connection.getHttpVersion().getVersion() <= HttpVersion.HTTP_1_1.getVersion()) {
			connection.setAttribute(ATTRIBUTE, State.BUSY);
			request.addHttpStreamWrapper((stream) -> new Exchange(stream, connection));
		}
		else if (this.leaving) {
			Http2Connections.tellToLeave(connection.getConnection());
		}
		return request;
	}

	/**
	 * Returns what an HTTP/1 connection that waits for bytes is doing.
	 * @param connection the connection
	 * @return its state
	 */
	static State stateOf(ConnectionMetaData connection) {
		Object last = connection.getAttribute(ATTRIBUTE);
		if (last == State.BUSY) {
			return State.BUSY;
		}
		long bytes = connection.getConnection().getBytesIn();
		if (bytes == 0) {
			return State.FRESH;
		}
		return Long.valueOf(bytes).equals(last) ? State.IDLE : State.READING;
	}

	/**
	 * A request and its response, over HTTP/1.
	 */
	private final class Exchange extends HttpStream.Wrapper {

		private final ConnectionMetaData connection;

		private Exchange(HttpStream stream, ConnectionMetaData connection) {
			super(stream);
			this.connection = connection;
		}

		/**
		 * Adds the header, just before the response is committed. With it, Jetty would
		 * end a body of unknown length by closing the connection, so that a client could
		 * not tell it from a broken one. It is asked to keep such a body chunked.
		 */
		@Override
		public void prepareResponse(HttpFields.Mutable headers) {
			if (InFlightExchanges.this.leaving
					&& !headers.contains(HttpHeader.CONNECTION, HttpHeaderValue.UPGRADE.asString())) {
				headers.put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
				if (!headers.contains(HttpHeader.CONTENT_LENGTH) && !headers.contains(HttpHeader.TRANSFER_ENCODING)) {
					headers.put(HttpHeader.TRANSFER_ENCODING, HttpHeaderValue.CHUNKED);
				}
			}
			super.prepareResponse(headers);
		}

		@Override
		public void succeeded() {
			end();
			super.succeeded();
		}

		@Override
		public void failed(Throwable failure) {
			end();
			super.failed(failure);
		}

		/**
		 * Comes first: once Jetty knows it, the next exchange may begin.
		 */
		private void end() {
			this.connection.setAttribute(ATTRIBUTE, this.connection.getConnection().getBytesIn());
		}

	}

}
