package io.github.gracefulboot.messaging;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.gracefulboot.Background;

/**
 * As much of Redis as a client needs to connect and to ping, in its protocol RESP 2.
 */
final class RespServer implements AutoCloseable {

	private final ServerSocket listener;

	private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();

	RespServer(int port) throws IOException {
		this.listener = new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
		Background.run(this::accept);
	}

	private void accept() {
		try {
			while (true) {
				Socket connection = this.listener.accept();
				this.connections.add(connection);
				Background.run(() -> serve(connection));
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	private static void serve(Socket connection) {
		try (connection) {
			BufferedReader in = new BufferedReader(
					new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
			OutputStream out = connection.getOutputStream();
			for (String head = in.readLine(); head != null; head = in.readLine()) {
				String command = "";
				for (int i = Integer.parseInt(head.substring(1)); i > 0; i--) {
					in.readLine();
					String word = in.readLine();
					command = command.isEmpty() ? word : command;
				}
				String reply = switch (command) {
					case "PING" -> "+PONG";
					case "HELLO" -> "-ERR unknown command 'HELLO'";
					default -> "+OK";
				};
				out.write((reply + "\r\n").getBytes(StandardCharsets.UTF_8));
				out.flush();
			}
		}
		catch (IOException ex) {
			// The client has gone
		}
	}

	/**
	 * Returns how many connections clients have not closed.
	 * @return the number
	 */
	long open() {
		return this.connections.stream().filter((connection) -> !connection.isClosed()).count();
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		for (Socket connection : this.connections) {
			connection.close();
		}
	}

}
