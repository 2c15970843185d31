package io.github.gracefulboot.test.balancer;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A load balancer of this JVM that learns from nothing but readiness probes.
 */
abstract class ProbedBalancer implements RunningBalancer {

	private static final int BACKLOG = 100;

	private final ReadinessProber prober;

	private final ServerSocket listener;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	ProbedBalancer(ReadinessProber prober) {
		this.prober = prober;
		try {
			this.listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Lets clients connect.
	 * @return this
	 */
	final ProbedBalancer open() {
		this.prober.start();
		execute(this::accept);
		return this;
	}

	@Override
	public final int port() {
		return this.listener.getLocalPort();
	}

	@Override
	public final void awaitUp(int instance) {
		this.prober.awaitUp(instance);
	}

	private void accept() {
		while (!this.listener.isClosed()) {
			try {
				accepted(watched(this.listener.accept()));
			}
			catch (IOException ex) {
				// Closed, the client has gone, or the instance refuses
			}
		}
	}

	/**
	 * Called with each connection of a client. Must not block.
	 * @param client the connection
	 * @throws IOException if it has gone
	 */
	abstract void accepted(Socket client) throws IOException;

	final Optional<Backend> next() {
		return this.prober.next();
	}

	final void execute(Runnable task) {
		this.threads.execute(task);
	}

	/**
	 * Makes sure that a connection ends with the balancer.
	 * @param socket the connection
	 * @return the same
	 */
	final Socket watched(Socket socket) {
		this.sockets.add(socket);
		return socket;
	}

	final void close(Closeable socket) {
		try {
			this.sockets.remove(socket);
			socket.close();
		}
		catch (IOException ex) {
			// It is gone
		}
	}

	@Override
	public final void close() {
		close(this.listener);
		this.sockets.forEach(this::close);
		this.prober.close();
		this.threads.shutdown();
	}

}
