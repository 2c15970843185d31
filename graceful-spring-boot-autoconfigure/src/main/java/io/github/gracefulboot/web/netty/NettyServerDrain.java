package io.github.gracefulboot.web.netty;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.socket.ListenerSilencer;
import io.github.gracefulboot.socket.SharedListener;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.DrainableServer;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerState;

/**
 * Drains a Reactor Netty server.
 */
final class NettyServerDrain implements DrainableServer {

	private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

	private final Traffic traffic;

	private final ListenerSilencer silencer;

	private final @Nullable SharedListener shared;

	private final Set<NettyConnection> connections = ConcurrentHashMap.newKeySet();

	private final List<DisposableServer> servers = new CopyOnWriteArrayList<>();

	private volatile boolean leaving;

	NettyServerDrain(Traffic traffic, ListenerSilencer silencer, @Nullable SharedListener shared) {
		this.shared = shared;
		this.traffic = traffic;
		this.silencer = silencer;
	}

	/**
	 * Observes a server.
	 * @param server the server
	 * @return the observed server
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
		onEventLoops((connection) -> {
			connection.tellClientToLeave();
			return true;
		});
	}

	@Override
	public void closeListeners(Deadline deadline) {
		for (DisposableServer server : this.servers) {
			if (this.shared == null || !this.shared.isKept()) {
				this.silencer.silence(server.port(), deadline);
			}
			server.channel().close().awaitUninterruptibly(deadline.remaining().toMillis());
		}
	}

	@Override
	public Collection<OpenConnection> openConnections() {
		return this.connections.stream().map(NettyConnection::toOpenConnection).toList();
	}

	@Override
	public boolean closeIdleConnections() {
		return onEventLoops(NettyConnection::closeIfIdle);
	}

	/**
	 * Performs an action on the event loop of each connection, so that no data arrives or
	 * is sent meanwhile. An event loop that is blocked is not waited for.
	 */
	private boolean onEventLoops(Predicate<NettyConnection> action) {
		Deadline deadline = Deadline.after(System::nanoTime, LONGEST_WAIT);
		List<Future<Boolean>> actions = this.connections.stream()
			.map((connection) -> connection.channel().eventLoop().submit(() -> action.test(connection)))
			.toList();
		boolean all = true;
		for (Future<Boolean> done : actions) {
			all &= done.awaitUninterruptibly(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS) && done.isSuccess()
					&& done.getNow();
		}
		return all;
	}

}
