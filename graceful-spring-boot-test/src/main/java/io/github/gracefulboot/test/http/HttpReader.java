package io.github.gracefulboot.test.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads HTTP/1.1 messages, one after the other, from a connection.
 */
final class HttpReader {

	private final InputStream in;

	private boolean insideMessage;

	HttpReader(InputStream in) {
		this.in = new BufferedInputStream(in);
	}

	/**
	 * Whether a message has begun that did not come to its end.
	 * @return whether it was cut off if the connection ends now
	 */
	boolean isInsideMessage() {
		return this.insideMessage;
	}

	HttpMessage readRequest() throws IOException {
		return read(false);
	}

	HttpMessage readResponse() throws IOException {
		HttpMessage response = read(true);
		while (response.status() / 100 == 1) {
			response = read(true);
		}
		return response;
	}

	private HttpMessage read(boolean response) throws IOException {
		String startLine = readLine();
		Map<String, String> headers = readHeaders();
		HttpMessage head = new HttpMessage(startLine, headers, new byte[0]);
		HttpMessage message = new HttpMessage(startLine, headers, readBody(head, response));
		this.insideMessage = false;
		return message;
	}

	private byte[] readBody(HttpMessage head, boolean response) throws IOException {
		if (head.header("Transfer-Encoding").toLowerCase().contains("chunked")) {
			return readChunks();
		}
		if (!head.header("Content-Length").isEmpty()) {
			return readFully(Integer.parseInt(head.header("Content-Length")));
		}
		if (response && head.status() / 100 != 1 && head.status() != 204 && head.status() != 304) {
			return this.in.readAllBytes();
		}
		return new byte[0];
	}

	private byte[] readChunks() throws IOException {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		int size = readChunkSize();
		while (size > 0) {
			body.writeBytes(readFully(size));
			readLine();
			size = readChunkSize();
		}
		readHeaders();
		return body.toByteArray();
	}

	private int readChunkSize() throws IOException {
		return Integer.parseInt(readLine().split(";", 2)[0].trim(), 16);
	}

	private byte[] readFully(int length) throws IOException {
		byte[] bytes = this.in.readNBytes(length);
		if (bytes.length < length) {
			throw new EOFException("%d of %d bytes".formatted(bytes.length, length));
		}
		return bytes;
	}

	private Map<String, String> readHeaders() throws IOException {
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		String line = readLine();
		while (!line.isEmpty()) {
			int colon = line.indexOf(':');
			headers.merge(line.substring(0, colon).trim(), line.substring(colon + 1).trim(),
					(first, second) -> first + ", " + second);
			line = readLine();
		}
		return headers;
	}

	private String readLine() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		int next = this.in.read();
		while (next != '\n') {
			if (next == -1) {
				throw new EOFException("End of stream");
			}
			this.insideMessage = true;
			line.write(next);
			next = this.in.read();
		}
		return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
	}

}
