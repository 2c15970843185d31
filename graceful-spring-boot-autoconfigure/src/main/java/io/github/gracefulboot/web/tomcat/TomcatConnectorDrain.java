package io.github.gracefulboot.web.tomcat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.socket.ListenerSilencer;
import io.github.gracefulboot.socket.SharedListener;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.web.DrainableServer;
import org.apache.catalina.connector.Connector;

/**
 * Drains one of Tomcat's connectors.
 */
final class TomcatConnectorDrain implements DrainableServer {

	/**
	 * For a request to roll back what it has begun.
	 */
	static final Duration AFTER_INTERRUPT = Duration.ofMillis(200);

	private final Connector connector;

	private final DrainableHttp11NioProtocol protocol;

	private final ListenerSilencer silencer;

	TomcatConnectorDrain(Connector connector, DrainableHttp11NioProtocol protocol, ListenerSilencer silencer) {
		this.connector = connector;
		this.protocol = protocol;
		this.silencer = silencer;
	}

	@Override
	public void tellClientsToLeave() {
		this.protocol.tellClientsToLeave();
	}

	@Override
	public void closeListeners(Deadline deadline) {
		DrainableNioEndpoint endpoint = this.protocol.drainableEndpoint();
		String path = endpoint.getUnixDomainSocketPath();
		SharedListener shared = endpoint.getSharedListener();
		if (path != null) {
			this.silencer.silence(Path.of(path), deadline);
		}
		else if (shared == null || !shared.isKept()) {
			this.silencer.silence(this.connector.getLocalPort(), deadline);
		}
		endpoint.closeListener();
	}

	@Override
	public Collection<OpenConnection> openConnections() {
		return this.protocol.drainableEndpoint().openConnections();
	}

	@Override
	public boolean closeIdleConnections() {
		return this.protocol.drainableEndpoint().closeIdleConnections();
	}

	/**
	 * Tomcat interrupts the threads of requests, and then waits 5 s for them.
	 */
	@Override
	public void abandonRequests() {
		this.protocol.drainableEndpoint().setExecutorTerminationTimeoutMillis(AFTER_INTERRUPT.toMillis());
	}

}
