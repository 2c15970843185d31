package io.github.gracefulboot.web.tomcat;

import java.util.function.BooleanSupplier;

import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.UpgradeToken;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.coyote.http11.upgrade.UpgradeProcessorInternal;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Decorates Tomcat's HTTP/2 protocol, as configured by the application, with connections
 * that can be drained.
 *
 * @param protocol Tomcat's protocol
 * @param leaving whether clients are to leave
 */
record DrainableHttp2Protocol(Http2Protocol protocol, BooleanSupplier leaving) implements UpgradeProtocol {

	@Override
	public Processor getProcessor(SocketWrapperBase<?> socket, Adapter adapter) {
		return new UpgradeProcessorInternal(socket, new UpgradeToken(getInternalUpgradeHandler(socket, adapter, null),
				null, null, this.protocol.getUpgradeProtocolName()), null);
	}

	@Override
	public InternalHttpUpgradeHandler getInternalUpgradeHandler(SocketWrapperBase<?> socket, Adapter adapter,
			@Nullable Request request) {
		return socket.hasAsyncIO() ? Http2Connection.create(this.protocol, adapter, request, socket, this.leaving)
				: this.protocol.getInternalUpgradeHandler(socket, adapter, request);
	}

	@Override
	public boolean accept(Request request) {
		return this.protocol.accept(request);
	}

	@Override
	public @Nullable String getHttpUpgradeName(boolean isSSLEnabled) {
		return this.protocol.getHttpUpgradeName(isSSLEnabled);
	}

	@Override
	public byte[] getAlpnIdentifier() {
		return this.protocol.getAlpnIdentifier();
	}

	@Override
	public String getAlpnName() {
		return this.protocol.getAlpnName();
	}

}
