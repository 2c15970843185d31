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
 * Tracks HTTP/1 exchanges, and makes responses tell clients to leave.
 */
final class InFlightExchanges implements HttpConfiguration.Customizer {

	/**
	 * The attribute of an HTTP/1 connection with the number of bytes that had been read
	 * at the end of its last exchange, or {@link State#BUSY} during an exchange.
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
	 * Returns the state of an HTTP/1 connection that is waiting for bytes.
	 * @param connection the connection
	 * @return the state
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
	 * An HTTP/1 request and its response.
	 */
	private final class Exchange extends HttpStream.Wrapper {

		private final ConnectionMetaData connection;

		private Exchange(HttpStream stream, ConnectionMetaData connection) {
			super(stream);
			this.connection = connection;
		}

		/**
		 * Adds {@code Connection: close} just before the response is committed. As Jetty
		 * would then end a body of unknown length by closing the connection, which a
		 * client cannot distinguish from a failure, such a body is explicitly chunked.
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
		 * Records the end before Jetty does, since the next exchange may begin
		 * immediately afterwards.
		 */
		private void end() {
			this.connection.setAttribute(ATTRIBUTE, this.connection.getConnection().getBytesIn());
		}

	}

}
