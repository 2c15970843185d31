package io.github.gracefulboot.web.netty;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.gracefulboot.shutdown.Deadline;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.DrainableServer;
import io.github.gracefulboot.web.listener.ListenerSilencer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerState;

/**
 * Drains a Reactor Netty server.
 */
final class NettyServerDrain implements DrainableServer {

	private final Traffic traffic;

	private final ListenerSilencer silencer;

	private final Set<NettyConnection> connections = ConcurrentHashMap.newKeySet();

	private final List<DisposableServer> servers = new CopyOnWriteArrayList<>();

	private volatile boolean leaving;

	NettyServerDrain(Traffic traffic, ListenerSilencer silencer) {
		this.traffic = traffic;
		this.silencer = silencer;
	}

	/**
	 * Makes a server known to the drain.
	 * @param server the server
	 * @return the server that is observed
	 */
	HttpServer observe(HttpServer server) {
		return server.doOnBound(this.servers::add)
			.doOnChannelInit((observer, channel, remoteAddress) -> accepted(channel))
			.childObserve(this::changed);
	}

	private void accepted(Channel channel) {
		NettyConnection connection = new NettyConnection(channel, this);
		this.connections.add(connection);
		channel.pipeline().addFirst(NettyConnection.class.getName(), connection);
	}

	private void changed(Connection connection, ConnectionObserver.State state) {
		if (state == HttpServerState.REQUEST_RECEIVED) {
			NettyConnection.of(connection).received(connection);
		}
	}

	void closed(NettyConnection connection) {
		this.connections.remove(connection);
		this.traffic.changed();
	}

	boolean isLeaving() {
		return this.leaving;
	}

	@Override
	public void tellClientsToLeave() {
		this.leaving = true;
		this.connections.forEach(NettyConnection::tellClientToLeave);
	}

	@Override
	public void closeListeners(Deadline deadline) {
		for (DisposableServer server : this.servers) {
			this.silencer.silence(server.port(), deadline);
			server.channel().close().awaitUninterruptibly(deadline.remaining().toMillis());
		}
	}

	@Override
	public Collection<OpenConnection> openConnections() {
		return this.connections.stream().map(NettyConnection::toOpenConnection).toList();
	}

	@Override
	public boolean closeIdleConnections() {
		boolean closedAll = true;
		for (NettyConnection connection : this.connections) {
			closedAll &= closeIfIdle(connection);
		}
		return closedAll;
	}

	/*
	 * On the event loop nothing can arrive while it looks.
	 */
	private static boolean closeIfIdle(NettyConnection connection) {
		EventLoop loop = connection.channel().eventLoop();
		Future<Boolean> closed = loop.submit(connection::closeIfIdle);
		return closed.awaitUninterruptibly(1000) && closed.isSuccess() && closed.getNow();
	}

}
