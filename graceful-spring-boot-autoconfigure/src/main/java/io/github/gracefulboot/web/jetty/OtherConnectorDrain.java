package io.github.gracefulboot.web.jetty;

import java.util.Collection;
import java.util.List;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.web.DrainableServer;
import org.eclipse.jetty.server.Connector;

/**
 * Drains a connector of another type than those whose connections are known. It is shut
 * down as by Spring Boot's graceful shutdown, but when the drain begins: otherwise the
 * drain would wait for the requests that go on coming.
 */
final class OtherConnectorDrain implements DrainableServer {

	private final Connector connector;

	OtherConnectorDrain(Connector connector) {
		this.connector = connector;
	}

	@Override
	public void tellClientsToLeave() {
		// Jetty's responses do when it is shut down
	}

	@Override
	public void closeListeners(Deadline deadline) {
		this.connector.shutdown();
	}

	@Override
	public Collection<OpenConnection> openConnections() {
		return List.of();
	}

	@Override
	public boolean closeIdleConnections() {
		return true;
	}

}
