package io.github.gracefulboot.web;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * One connection on which a test writes and reads HTTP as it is.
 */
public class RawClient implements Closeable {

	private final Closeable connection;

	private final InputStream in;

	private final OutputStream out;

	public RawClient(int port) throws IOException {
		this(new Socket(InetAddress.getLoopbackAddress(), port));
	}

	public RawClient(Socket socket) throws IOException {
		socket.setSoTimeout(10_000);
		this.connection = socket;
		this.in = socket.getInputStream();
		this.out = socket.getOutputStream();
	}

	public RawClient(Path unixDomainSocket) throws IOException {
		SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(unixDomainSocket));
		this.connection = channel;
		this.in = Channels.newInputStream(channel);
		this.out = Channels.newOutputStream(channel);
	}

	public RawClient send(String text) throws IOException {
		this.out.write(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
		this.out.flush();
		return this;
	}

	public RawClient get(String path) throws IOException {
		return send("GET " + path + " HTTP/1.1\nHost: localhost\n\n");
	}

	/**
	 * Reads up to the end of one response.
	 */
	public String response() throws IOException {
		return read(RawClient::isComplete);
	}

	/**
	 * Reads up to the end of a response that has no body.
	 */
	public String headers() throws IOException {
		return read((text) -> text.endsWith("\r\n\r\n"));
	}

	/**
	 * Reads up to a text.
	 */
	public String until(String end) throws IOException {
		return read((text) -> text.endsWith(end));
	}

	/**
	 * Reads up to the end of a line of a body, whose lines end otherwise than those of
	 * the protocol.
	 */
	public String untilLine() throws IOException {
		return read((text) -> text.endsWith("\n") && !text.endsWith("\r\n"));
	}

	/**
	 * Reads up to the end of a line, which is of no protocol that this knows.
	 */
	public String line() throws IOException {
		return read((text) -> text.endsWith("\r\n")).stripTrailing();
	}

	private String read(Predicate<String> complete) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		while (!complete.test(bytes.toString(StandardCharsets.ISO_8859_1))) {
			int b = this.in.read();
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
		int length = response.indexOf("Content-Length: ");
		if (length != -1) {
			int lengthEnd = response.indexOf('\r', length);
			return response.length() - bodyStart >= Integer.parseInt(response.substring(length + 16, lengthEnd));
		}
		return response.endsWith("0\r\n\r\n");
	}

	/**
	 * Waits until the server closes the connection.
	 */
	public boolean isClosedByServer() throws IOException {
		return this.in.read() == -1;
	}

	@Override
	public void close() throws IOException {
		this.connection.close();
	}

}
