package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

import io.github.gracefulboot.systemtests.app.AppProcess;

/**
 * A large upload of which a part is sent before something else happens.
 */
final class Upload implements AutoCloseable {

	static final int MEBIBYTE = 1024 * 1024;

	/**
	 * The size in mebibytes.
	 */
	static final int SIZE = 200;

	/**
	 * The digest of the whole, with which the sample answers.
	 */
	static final String DIGEST = digest();

	private static final int FIRST_PART = 50;

	private static final int TIMEOUT_MILLIS = 20_000;

	private final Socket socket;

	private Upload(Socket socket) {
		this.socket = socket;
	}

	/**
	 * Sends the first part, and waits until the sample has begun to receive it.
	 */
	static Upload begin(AppProcess process) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), process.port());
		socket.setSoTimeout(TIMEOUT_MILLIS);
		String headers = "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
				+ "Content-Length: %d\r\n\r\n".formatted(SIZE * MEBIBYTE);
		socket.getOutputStream().write(headers.getBytes(StandardCharsets.US_ASCII));
		Upload upload = new Upload(socket);
		upload.send(0, FIRST_PART);
		process.awaitLog("Upload of %d bytes begins".formatted(SIZE * MEBIBYTE));
		return upload;
	}

	private void send(int from, int to) throws IOException {
		OutputStream out = this.socket.getOutputStream();
		for (int i = from; i < to; i++) {
			out.write(mebibyte(i));
		}
	}

	/**
	 * Sends the rest.
	 * @return the response
	 */
	String finish() throws IOException {
		send(FIRST_PART, SIZE);
		return new String(this.socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
	}

	private static byte[] mebibyte(int index) {
		byte[] mebibyte = new byte[MEBIBYTE];
		Arrays.fill(mebibyte, (byte) index);
		return mebibyte;
	}

	private static String digest() {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			for (int i = 0; i < SIZE; i++) {
				digest.update(mebibyte(i));
			}
			return HexFormat.of().formatHex(digest.digest());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
