package io.github.gracefulboot.web.jetty;

import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.socket.ListenerSilencer;
import io.github.gracefulboot.socket.SharedListener;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.OpenConnection.State;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.DrainableServer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.IO;
import org.jspecify.annotations.Nullable;

/**
 * Drains one of Jetty's connectors.
 */
final class JettyConnectorDrain implements DrainableServer {

	private final ServerConnector connector;

	private final InFlightExchanges exchanges;

	private final ListenerSilencer silencer;

	private final @Nullable SharedListener shared;

	/**
	 * Accepted connections that are not yet set up, which Jetty does not list.
	 */
	private final Set<SelectableChannel> accepted = ConcurrentHashMap.newKeySet();

	JettyConnectorDrain(ServerConnector connector, InFlightExchanges exchanges, Traffic traffic,
			ListenerSilencer silencer, @Nullable SharedListener shared) {
		this.connector = connector;
		this.exchanges = exchanges;
		this.silencer = silencer;
		this.shared = shared;
		connector.addBean(new ConnectionListener(this.accepted, traffic));
		if (shared != null) {
			connector.addEventListener(new SharedListenerOpener(shared));
		}
		for (ConnectionFactory factory : connector.getConnectionFactories()) {
			if (factory instanceof HttpConfiguration.ConnectionFactory http) {
				observe(http.getHttpConfiguration());
			}
		}
	}

	private void observe(HttpConfiguration configuration) {
		if (!configuration.getCustomizers().contains(this.exchanges)) {
			configuration.addCustomizer(this.exchanges);
		}
	}

	@Override
	public void tellClientsToLeave() {
		this.exchanges.tellClientsToLeave();
		connections().forEach(ClientConnection::tellToLeave);
	}

	/**
	 * Closes the listener. The acceptor remains blocked until then.
	 */
	@Override
	public void closeListeners(Deadline deadline) {
		if (this.shared == null || !this.shared.isKept()) {
			this.silencer.silence(this.connector.getLocalPort(), deadline);
		}
		Object channel = this.connector.getTransport();
		this.connector.close();
		if (this.connector.getAcceptors() == 0 && channel instanceof SelectableChannel selected) {
			// Jetty leaves this to its selector, which stops only at the end
			this.connector.setAccepting(false);
			IO.close(selected);
		}
	}

	@Override
	public Collection<OpenConnection> openConnections() {
		List<OpenConnection> result = new ArrayList<>();
		this.accepted.forEach((channel) -> result.add(new OpenConnection(channel, State.BUSY, System.nanoTime())));
		connections().map(ClientConnection::toOpenConnection).forEach(result::add);
		return result;
	}

	@Override
	public boolean closeIdleConnections() {
		boolean closedAll = this.accepted.isEmpty();
		for (ClientConnection connection : connections().toList()) {
			closedAll &= connection.closeIfIdle();
		}
		return closedAll;
	}

	private Stream<ClientConnection> connections() {
		return this.connector.getConnectedEndPoints()
			.stream()
			.filter(EndPoint::isOpen)
			.map((endPoint) -> new ClientConnection((SocketChannelEndPoint) endPoint));
	}

	/**
	 * Observes when connections are accepted, set up and closed.
	 */
	private record ConnectionListener(Set<SelectableChannel> accepted,
			Traffic traffic) implements SelectorManager.AcceptListener, Connection.Listener {

		@Override
		public void onAccepting(SelectableChannel channel) {
			this.accepted.add(channel);
		}

		@Override
		public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
			this.accepted.remove(channel);
			this.traffic.changed();
		}

		@Override
		public void onOpened(Connection connection) {
			if (connection.getEndPoint() instanceof SocketChannelEndPoint endPoint) {
				this.accepted.remove(endPoint.getChannel());
			}
		}

		@Override
		public void onClosed(Connection connection) {
			this.traffic.changed();
		}

	}

}
