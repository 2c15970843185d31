package io.github.gracefulboot.web.tomcat;

import java.util.Map;

import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http2.Http2Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1 protocol, which in addition can tell clients to leave, close its
 * listener without losing a connection, and list its connections. Used in place of
 * Tomcat's own one; name it for additional connectors.
 *
 * @since 0.1.0
 */
public class DrainableHttp11NioProtocol extends Http11NioProtocol {

	private final DrainableNioEndpoint endpoint;

	/**
	 * Set on the thread that is about to serve a WebSocket handshake.
	 */
	private final ThreadLocal<Boolean> handshake = new ThreadLocal<>();

	private volatile boolean leaving;

	/**
	 * Creates the protocol. Tomcat calls this constructor by reflection.
	 */
	public DrainableHttp11NioProtocol() {
		this(new DrainableNioEndpoint());
	}

	private DrainableHttp11NioProtocol(DrainableNioEndpoint endpoint) {
		super(endpoint);
		this.endpoint = endpoint;
	}

	DrainableNioEndpoint drainableEndpoint() {
		return this.endpoint;
	}

	void tellClientsToLeave() {
		this.leaving = true;
		this.endpoint.tellHttp2ClientsToLeave();
	}

	/**
	 * Makes each response to a request that comes from now on carry
	 * {@code Connection: close}, but for that of a WebSocket handshake, whose header is
	 * {@code Connection: upgrade}. Tomcat asks for this limit before it serves a request.
	 */
	@Override
	public int getMaxKeepAliveRequests() {
		if (!this.leaving) {
			return super.getMaxKeepAliveRequests();
		}
		boolean handshake = this.handshake.get() != null;
		this.handshake.remove();
		return handshake ? super.getMaxKeepAliveRequests() : 1;
	}

	/**
	 * Remembers that the request is a WebSocket handshake. Tomcat asks this, on the same
	 * thread, just before it asks for the limit.
	 */
	@Override
	public @Nullable UpgradeProtocol getUpgradeProtocol(String name) {
		if (this.leaving && "websocket".equalsIgnoreCase(name)) {
			this.handshake.set(true);
		}
		return drainable(super.getUpgradeProtocol(name));
	}

	/**
	 * Makes the response to a request that came before carry it too: Tomcat asks this for
	 * each response with a body just before it writes the headers. With that header set
	 * Tomcat would end a body of unknown length by closing the connection, so that a
	 * client could not tell it from a broken one. Declaring trailer fields, though empty,
	 * keeps such a body chunked.
	 */
	@Override
	public boolean useCompression(Request request, Response response) {
		boolean compressed = super.useCompression(request, response);
		if (this.leaving && request.protocol().equals("HTTP/1.1")) {
			response.getMimeHeaders().setValue("Connection").setString("close");
			if (response.getContentLengthLong() == -1 && response.getTrailerFields() == null) {
				response.setTrailerFields(Map::of);
			}
		}
		return compressed;
	}

	@Override
	public @Nullable UpgradeProtocol getNegotiatedProtocol(String name) {
		return drainable(super.getNegotiatedProtocol(name));
	}

	/**
	 * Leaves the configured protocol where it is, as customizers look for it.
	 */
	private @Nullable UpgradeProtocol drainable(@Nullable UpgradeProtocol protocol) {
		return (protocol instanceof Http2Protocol http2 && protocol.getClass() == Http2Protocol.class)
				? new DrainableHttp2Protocol(http2, () -> this.leaving) : protocol;
	}

}
