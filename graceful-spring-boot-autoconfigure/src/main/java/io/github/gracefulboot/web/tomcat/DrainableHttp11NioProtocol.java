package io.github.gracefulboot.web.tomcat;

import java.util.Map;

import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.UpgradeToken;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Extends Tomcat's HTTP/1.1 protocol, so that it can tell clients to leave, close its
 * listener without losing a connection, and list its connections. Replaces Tomcat's own
 * protocol; additional connectors have to be configured with it.
 */
public class DrainableHttp11NioProtocol extends Http11NioProtocol {

	private final DrainableNioEndpoint endpoint;

	/**
	 * Whether the current thread is about to serve a WebSocket handshake.
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
	 * Adds {@code Connection: close} to each response to future requests, except for that
	 * of a WebSocket handshake, which has the header {@code Connection: upgrade}. Tomcat
	 * calls this method before it serves a request.
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
	 * Records that the request is a WebSocket handshake. Tomcat calls this method on the
	 * same thread just before {@link #getMaxKeepAliveRequests()}.
	 */
	@Override
	public @Nullable UpgradeProtocol getUpgradeProtocol(String name) {
		if (this.leaving && "websocket".equalsIgnoreCase(name)) {
			this.handshake.set(true);
		}
		return drainable(super.getUpgradeProtocol(name));
	}

	/**
	 * Adds {@code Connection: close} also to responses to requests that arrived before:
	 * Tomcat calls this method for each response with a body just before it writes the
	 * headers. As Tomcat would then end a body of unknown length by closing the
	 * connection, which a client cannot distinguish from a failure, trailer fields are
	 * declared, though empty, which keeps such a body chunked.
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

	@Override
	protected Processor createUpgradeProcessor(SocketWrapperBase<?> socket, UpgradeToken token) {
		if (!(token.httpUpgradeHandler() instanceof InternalHttpUpgradeHandler)) {
			return super.createUpgradeProcessor(socket, token);
		}
		UpgradedConnection upgraded = new UpgradedConnection(socket, token, getUpgradeGroupInfo(token.protocol()));
		this.endpoint.upgraded(socket, upgraded);
		return upgraded;
	}

	/**
	 * Decorates the configured protocol when it is used, since customizers look for the
	 * original one.
	 */
	private @Nullable UpgradeProtocol drainable(@Nullable UpgradeProtocol protocol) {
		return (protocol instanceof Http2Protocol http2 && protocol.getClass() == Http2Protocol.class)
				? new DrainableHttp2Protocol(http2, () -> this.leaving) : protocol;
	}

}
