package io.github.gracefulboot.grpc;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import com.google.common.util.concurrent.ListenableFuture;
import io.github.gracefulboot.traffic.ConnectionSource;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.Traffic;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.InternalChannelz;
import io.grpc.InternalChannelz.ServerSocketsList;
import io.grpc.InternalChannelz.SocketStats;
import io.grpc.InternalInstrumented;
import io.grpc.InternalWithLogId;
import io.grpc.Server;
import io.grpc.ServerTransportFilter;
import io.grpc.internal.ServerTransport;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.core.log.LogMessage;

/**
 * The connections of the gRPC servers, whose clients are told to leave while the port is
 * still open. gRPC itself sends GOAWAY only after it has closed the port. Therefore each
 * connection is shut down individually, in the same way as the server would do it:
 * requests that the client sends until it receives the GOAWAY are served. The connections
 * are obtained from gRPC's diagnostics (channelz), which works for every transport.
 */
final class GrpcConnections extends ServerTransportFilter implements ConnectionSource, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(GrpcConnections.class);

	private static final int PAGE = 512;

	/**
	 * A client that reconnects at once is told again, but not with each call.
	 */
	private static final long BETWEEN_ROUNDS = Duration.ofMillis(100).toNanos();

	private final Traffic traffic;

	private final List<Server> servers = new CopyOnWriteArrayList<>();

	private final Map<SocketAddress, GrpcConnection> ready = new ConcurrentHashMap<>();

	private final AtomicInteger handshaken = new AtomicInteger();

	private final AtomicLong lastRound = new AtomicLong();

	private volatile boolean leaving;

	GrpcConnections(Traffic traffic) {
		this.traffic = traffic;
	}

	/**
	 * Adds a server.
	 * @param server the started server
	 */
	void add(Server server) {
		if (this.servers.isEmpty()) {
			this.traffic.addConnectionSource(this);
		}
		this.servers.add(server);
	}

	@Override
	public Attributes transportReady(Attributes attributes) {
		this.handshaken.incrementAndGet();
		if (remote(attributes) instanceof InetSocketAddress remote) {
			GrpcConnection connection = new GrpcConnection();
			this.ready.put(remote, connection);
			return attributes.toBuilder().set(GrpcConnection.KEY, connection).build();
		}
		return attributes;
	}

	@Override
	public void transportTerminated(@Nullable Attributes attributes) {
		if (attributes == null) {
			return;
		}
		this.handshaken.decrementAndGet();
		GrpcConnection connection = attributes.get(GrpcConnection.KEY);
		if (connection != null && remote(attributes) instanceof InetSocketAddress remote) {
			this.ready.remove(remote, connection);
			this.traffic.changed();
		}
	}

	private static @Nullable SocketAddress remote(Attributes attributes) {
		return attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
	}

	/**
	 * Records a call on a connection. During a shutdown, its client is told to leave
	 * unless it has been told before.
	 * @param attributes the attributes of the call
	 */
	void called(Attributes attributes) {
		GrpcConnection connection = attributes.get(GrpcConnection.KEY);
		if (connection != null) {
			connection.called();
			if (this.leaving && !connection.isTold()) {
				tellAgain();
			}
		}
	}

	private void tellAgain() {
		long last = this.lastRound.get();
		long now = System.nanoTime();
		if (now - last >= BETWEEN_ROUNDS && this.lastRound.compareAndSet(last, now)) {
			tell();
		}
	}

	/**
	 * Tells all connected clients to leave, and from now on also those that connect.
	 */
	void tellClientsToLeave() {
		this.lastRound.set(System.nanoTime());
		this.leaving = true;
		tell();
	}

	private void tell() {
		try {
			for (Server server : this.servers) {
				transports(server).forEach(this::tell);
			}
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn(LogMessage.format("Could not tell gRPC clients to leave before the port closes: %s", ex));
		}
	}

	/**
	 * Tells a client to leave, unless its handshake is incomplete: the connection would
	 * be cut off then.
	 */
	private void tell(ServerTransport transport) {
		ListenableFuture<SocketStats> stats = transport.getStats();
		stats.addListener(() -> {
			GrpcConnection connection = connection(stats);
			if (connection != null && connection.tellOnce()) {
				transport.shutdown();
			}
		}, Runnable::run);
	}

	private @Nullable GrpcConnection connection(ListenableFuture<SocketStats> stats) {
		try {
			SocketAddress remote = stats.get().remote;
			return (remote != null) ? this.ready.get(remote) : null;
		}
		catch (ExecutionException ex) {
			return null;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
	}

	private static List<ServerTransport> transports(Server server) {
		List<ServerTransport> transports = new ArrayList<>();
		if (server instanceof InternalInstrumented<?> instrumented) {
			long id = instrumented.getLogId().getId();
			long from = 0;
			ServerSocketsList page = InternalChannelz.instance().getServerSockets(id, from, PAGE);
			while (page != null) {
				for (InternalWithLogId socket : page.sockets) {
					if (socket instanceof ServerTransport transport) {
						transports.add(transport);
					}
					from = socket.getLogId().getId() + 1;
				}
				page = page.end ? null : InternalChannelz.instance().getServerSockets(id, from, PAGE);
			}
		}
		return transports;
	}

	@Override
	public Collection<OpenConnection> openConnections() {
		return this.ready.values().stream().map(GrpcConnection::toOpenConnection).toList();
	}

	List<Server> servers() {
		return this.servers;
	}

	/**
	 * Returns whether there are accepted connections with an incomplete handshake.
	 * @return whether there are any
	 */
	boolean hasHandshakes() {
		try {
			return this.servers.stream().mapToInt((server) -> transports(server).size()).sum() > this.handshaken.get();
		}
		catch (RuntimeException | LinkageError ex) {
			return false;
		}
	}

}
