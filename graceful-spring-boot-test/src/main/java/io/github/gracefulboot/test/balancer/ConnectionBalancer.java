package io.github.gracefulboot.test.balancer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * A load balancer of connections, as a Kubernetes service is one. It gives each new
 * connection to the next instance that is up, and passes its bytes on as they are. Only
 * how the connection ends is beyond it: an error becomes an end.
 */
public final class ConnectionBalancer extends ProbedBalancer {

	private final AtomicInteger connections = new AtomicInteger();

	private final AtomicInteger goneAway = new AtomicInteger();

	ConnectionBalancer(ReadinessProber prober) {
		super(prober);
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

	@Override
	void accepted(Socket client) throws IOException {
		Optional<Backend> backend = next();
		if (backend.isEmpty()) {
			close(client);
		}
		else {
			connect(client, watched(new Socket(InetAddress.getLoopbackAddress(), backend.get().port())));
		}
	}

	private void connect(Socket client, Socket instance) throws IOException {
		this.connections.incrementAndGet();
		client.setTcpNoDelay(true);
		instance.setTcpNoDelay(true);
		GoAwayWatch watch = new GoAwayWatch(this.goneAway::incrementAndGet);
		execute(() -> pass(client, instance, (bytes, length) -> {
		}));
		execute(() -> pass(instance, client, watch::passing));
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

}
