package io.github.gracefulboot.web.tomcat;

import java.util.Collection;
import java.util.List;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.web.DrainableServer;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.AbstractHttp11Protocol;

/**
 * Drains a connector with a protocol of Tomcat's own, whose connections it does not know.
 * The listener closes as with Spring Boot's graceful shutdown, but when the drain begins:
 * otherwise the drain would wait for the requests that go on coming. A connection closes
 * with the response that is in flight, or with the next request on it.
 */
final class OtherConnectorDrain implements DrainableServer {

	private final Connector connector;

	OtherConnectorDrain(Connector connector) {
		this.connector = connector;
	}

	@Override
	public void tellClientsToLeave() {
		if (this.connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> protocol) {
			protocol.setMaxKeepAliveRequests(1);
		}
	}

	@Override
	public void closeListeners(Deadline deadline) {
		this.connector.pause();
		this.connector.getProtocolHandler().closeServerSocketGraceful();
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
