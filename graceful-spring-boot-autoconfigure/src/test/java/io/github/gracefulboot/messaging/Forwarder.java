package io.github.gracefulboot.messaging;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

import io.github.gracefulboot.Background;

/**
 * Leads from one port to another: a broker that is embedded does not let one choose.
 */
final class Forwarder implements AutoCloseable {

	private final ServerSocket listener;

	private final int target;

	Forwarder(int port, int target) throws IOException {
		this.listener = new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
		this.target = target;
		Background.run(this::accept);
	}

	private void accept() {
		try {
			while (true) {
				Socket client = this.listener.accept();
				Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
				Background.run(() -> copy(client, server));
				Background.run(() -> copy(server, client));
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	private static void copy(Socket from, Socket to) {
		try (from; to) {
			from.getInputStream().transferTo(to.getOutputStream());
		}
		catch (IOException ex) {
			// One of them has gone
		}
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
	}

}
