package io.github.gracefulboot.benchmarks.request;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The cheapest client there can be: sends the same bytes again and again on one
 * connection, and reads as many as the first response had.
 */
final class Client implements AutoCloseable {

	private static final byte[] REQUEST = "GET /now HTTP/1.1\r\nHost: localhost\r\n\r\n"
		.getBytes(StandardCharsets.US_ASCII);

	private static final String END = "answered.";

	private static final int LONGEST_RESPONSE = 1024;

	private static final int TIMEOUT_MILLIS = 10_000;

	private final byte[] response = new byte[LONGEST_RESPONSE];

	private final Socket socket;

	private final InputStream input;

	private final OutputStream output;

	private final int length;

	Client(int port) throws IOException {
		this.socket = new Socket(InetAddress.getByName("127.0.0.1"), port);
		this.socket.setTcpNoDelay(true);
		this.socket.setSoTimeout(TIMEOUT_MILLIS);
		this.input = this.socket.getInputStream();
		this.output = this.socket.getOutputStream();
		this.length = learn();
	}

	private int learn() throws IOException {
		this.output.write(REQUEST);
		int length = 0;
		String text = "";
		while (!text.endsWith(END)) {
			int read = this.input.read(this.response, length, LONGEST_RESPONSE - length);
			if (read <= 0) {
				throw new IOException("Unexpected response: " + text);
			}
			length += read;
			text = new String(this.response, 0, length, StandardCharsets.US_ASCII);
		}
		if (!text.startsWith("HTTP/1.1 200")) {
			throw new IOException("Unexpected response: " + text);
		}
		return length;
	}

	/**
	 * Sends a request and reads the response.
	 * @return its last byte
	 * @throws IOException if it does not come
	 */
	byte exchange() throws IOException {
		this.output.write(REQUEST);
		int length = 0;
		while (length < this.length) {
			int read = this.input.read(this.response, length, this.length - length);
			if (read < 0) {
				throw new EOFException();
			}
			length += read;
		}
		byte last = this.response[length - 1];
		if (last != '.') {
			throw new IOException("Responses differ in length");
		}
		return last;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
