package io.github.gracefulboot.test.balancer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * A load balancer of connections, as a Kubernetes service is one. It learns from
 * readiness probes, gives each new connection to the next instance that is up, and passes
 * its bytes on as they are. Only how the connection ends is beyond it: an error becomes
 * an end.
 */
public final class ConnectionBalancer implements RunningBalancer {

	private final ReadinessProber prober;

	private final ServerSocket listener;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AtomicInteger connections = new AtomicInteger();

	private final AtomicInteger goneAway = new AtomicInteger();

	ConnectionBalancer(ReadinessProber prober) {
		this.prober = prober;
		try {
			this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.threads.execute(this::accept);
		this.prober.start();
	}

	@Override
	public int port() {
		return this.listener.getLocalPort();
	}

	@Override
	public void awaitUp(int instance) {
		this.prober.awaitUp(instance);
	}

	/**
	 * How many connections there were.
	 * @return their number so far
	 */
	public int connections() {
		return this.connections.get();
	}

	/**
	 * On how many connections the instance sent a GOAWAY that lets requests come which
	 * are on their way.
	 * @return the number of such connections
	 */
	public int goneAway() {
		return this.goneAway.get();
	}

	private void accept() {
		while (!this.listener.isClosed()) {
			try {
				Socket client = this.listener.accept();
				Optional<Backend> backend = this.prober.next();
				if (backend.isEmpty()) {
					client.close();
				}
				else {
					connect(client, new Socket(InetAddress.getLoopbackAddress(), backend.get().port()));
				}
			}
			catch (IOException ex) {
				// Closed, the client has gone, or the instance refuses
			}
		}
	}

	private void connect(Socket client, Socket instance) throws IOException {
		this.connections.incrementAndGet();
		client.setTcpNoDelay(true);
		instance.setTcpNoDelay(true);
		this.sockets.addAll(List.of(client, instance));
		GoAwayWatch watch = new GoAwayWatch(this.goneAway::incrementAndGet);
		this.threads.execute(() -> pass(client, instance, (bytes, length) -> {
		}));
		this.threads.execute(() -> pass(instance, client, watch::passing));
	}

	private void pass(Socket from, Socket to, BiConsumer<byte[], Integer> watch) {
		byte[] buffer = new byte[16 * 1024];
		try {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			int read = in.read(buffer);
			while (read != -1) {
				watch.accept(buffer, read);
				out.write(buffer, 0, read);
				read = in.read(buffer);
			}
			to.shutdownOutput();
		}
		catch (IOException ex) {
			close(from);
			close(to);
		}
		if (from.isOutputShutdown()) {
			close(from);
			close(to);
		}
	}

	private void close(Closeable socket) {
		try {
			this.sockets.remove(socket);
			socket.close();
		}
		catch (IOException ex) {
			// It is gone
		}
	}

	@Override
	public void close() {
		close(this.listener);
		this.sockets.forEach(this::close);
		this.prober.close();
		this.threads.shutdown();
	}

}
