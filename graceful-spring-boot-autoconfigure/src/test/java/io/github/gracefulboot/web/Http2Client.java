package io.github.gracefulboot.web;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;

import javax.net.ssl.SSLSocket;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One connection on which a test speaks HTTP/2, without what a client that keeps the
 * rules would do by itself.
 */
public class Http2Client implements Closeable {

	private static final int DATA = 0x0;

	private static final int HEADERS = 0x1;

	private static final int SETTINGS = 0x4;

	private static final int GOAWAY = 0x7;

	private static final int WINDOW_UPDATE = 0x8;

	private static final int END_STREAM = 0x1;

	private static final int END_HEADERS = 0x4;

	/**
	 * A change of the size of the dynamic table, which Jetty begins with.
	 */
	private static final int FIRST_BYTES = 3;

	private static final byte STATUS_200 = (byte) 0x88;

	private final Socket socket;

	private final DataInputStream in;

	private final List<Frame> frames = new ArrayList<>();

	/**
	 * Begins to speak HTTP/2.
	 */
	public Http2Client(Socket socket) throws IOException {
		this.socket = socket;
		this.socket.setSoTimeout(10_000);
		this.in = new DataInputStream(socket.getInputStream());
		this.socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		send(SETTINGS, 0, 0, new byte[0]);
	}

	/**
	 * Asks for HTTP/2 with a first request of HTTP/1.1, whose response comes on stream 1.
	 */
	public static Http2Client upgrade(Socket socket, String path) throws IOException {
		RawClient http1 = new RawClient(socket).send("GET " + path
				+ " HTTP/1.1\nHost: localhost\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAMAAABk\n\n");
		assertThat(http1.headers()).startsWith("HTTP/1.1 101");
		return new Http2Client(socket);
	}

	public Http2Client get(int stream, String path) throws IOException {
		ByteArrayOutputStream headers = new ByteArrayOutputStream();
		headers.write(0x82); // :method GET
		headers.write((this.socket instanceof SSLSocket) ? 0x87 : 0x86); // :scheme
		literal(headers, 0x01, "localhost"); // :authority
		literal(headers, 0x04, path); // :path
		send(HEADERS, END_STREAM | END_HEADERS, stream, headers.toByteArray());
		return this;
	}

	private static void literal(ByteArrayOutputStream headers, int name, String value) {
		headers.write(name);
		headers.write(value.length());
		headers.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
	}

	private void send(int type, int flags, int stream, byte[] payload) throws IOException {
		ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
		frame.putInt((payload.length << 8) | type).put((byte) flags).putInt(stream).put(payload);
		this.socket.getOutputStream().write(frame.array());
	}

	/**
	 * Lets the server send more on a stream.
	 */
	public void takeMore(int stream, int bytes) throws IOException {
		send(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(bytes).array());
		send(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
	}

	/**
	 * Reads up to the end of a stream's response.
	 * @return its body, if its status is 200
	 */
	public String response(int stream) throws IOException {
		Frame headers = await((frame) -> frame.type == HEADERS && frame.stream == stream);
		boolean ok = headers.payload[0] == STATUS_200 || headers.payload[FIRST_BYTES] == STATUS_200;
		assertThat(ok).as(HexFormat.of().formatHex(headers.payload)).isTrue();
		await((frame) -> frame.stream == stream && (frame.flags & END_STREAM) != 0);
		StringBuilder body = new StringBuilder();
		this.frames.stream()
			.filter((frame) -> frame.type == DATA && frame.stream == stream)
			.forEach((frame) -> body.append(new String(frame.payload, StandardCharsets.US_ASCII)));
		return body.toString();
	}

	/**
	 * Reads up to the next GOAWAY.
	 * @return the last stream that it says is served
	 */
	public int goAway() throws IOException {
		Frame frame = await((candidate) -> candidate.type == GOAWAY);
		this.frames.remove(frame);
		return ByteBuffer.wrap(frame.payload).getInt();
	}

	/**
	 * Waits until the server closes the connection.
	 */
	public boolean isClosedByServer() throws IOException {
		try {
			await((frame) -> false);
			return false;
		}
		catch (EOFException ex) {
			return true;
		}
	}

	private Frame await(Predicate<Frame> wanted) throws IOException {
		for (Frame frame : this.frames) {
			if (wanted.test(frame)) {
				return frame;
			}
		}
		while (true) {
			int lengthAndType = this.in.readInt();
			int flags = this.in.readUnsignedByte();
			int stream = this.in.readInt();
			Frame frame = new Frame(lengthAndType & 0xff, flags, stream, this.in.readNBytes(lengthAndType >>> 8));
			this.frames.add(frame);
			if (wanted.test(frame)) {
				return frame;
			}
		}
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	private record Frame(int type, int flags, int stream, byte[] payload) {
	}

}
