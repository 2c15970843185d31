package io.github.gracefulboot.test.http;

import java.io.IOException;
import java.net.Socket;
import java.util.function.Function;

/**
 * Server side of a connection: answers one request after the other until either side
 * wants to close.
 */
public final class HttpServerConnection {

	private HttpServerConnection() {
	}

	public static void serve(Socket socket, Function<HttpMessage, HttpMessage> handler) throws IOException {
		try (socket) {
			socket.setTcpNoDelay(true);
			HttpReader reader = new HttpReader(socket.getInputStream());
			boolean keepAlive = true;
			while (keepAlive) {
				HttpMessage request = reader.readRequest();
				keepAlive = request.keepsAlive();
				socket.getOutputStream().write(handler.apply(request).encoded());
			}
		}
	}

}
