package io.github.gracefulboot.web.netty;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One connection on which a test writes and reads HTTP as it is.
 */
class RawClient implements Closeable {

	private final Socket socket;

	RawClient(int port) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
		this.socket.setSoTimeout(10_000);
	}

	RawClient send(String text) throws IOException {
		this.socket.getOutputStream().write(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
		this.socket.getOutputStream().flush();
		return this;
	}

	RawClient get(String path) throws IOException {
		return send("GET " + path + " HTTP/1.1\nHost: localhost\n\n");
	}

	/**
	 * Reads up to the end of one response.
	 */
	String response() throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		InputStream in = this.socket.getInputStream();
		while (!isComplete(bytes.toString(StandardCharsets.ISO_8859_1))) {
			int b = in.read();
			if (b == -1) {
				break;
			}
			bytes.write(b);
		}
		return bytes.toString(StandardCharsets.ISO_8859_1);
	}

	private static boolean isComplete(String response) {
		int bodyStart = response.indexOf("\r\n\r\n") + 4;
		if (bodyStart < 4) {
			return false;
		}
		int length = response.toLowerCase().indexOf("content-length: ");
		if (length != -1) {
			int lengthEnd = response.indexOf('\r', length);
			return response.length() - bodyStart >= Integer.parseInt(response.substring(length + 16, lengthEnd));
		}
		return response.endsWith("0\r\n\r\n");
	}

	/**
	 * Waits until the server closes the connection.
	 */
	boolean isClosedByServer() throws IOException {
		return this.socket.getInputStream().read() == -1;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
