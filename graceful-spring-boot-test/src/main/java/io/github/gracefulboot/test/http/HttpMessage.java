package io.github.gracefulboot.test.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * A complete HTTP/1.1 request or response.
 *
 * @param startLine request line or status line
 * @param headers fields by name, whatever its case; a repeated field is joined by commas
 * @param body the content, without its transfer encoding
 */
public record HttpMessage(String startLine, Map<String, String> headers, byte[] body) {

	public static HttpMessage of(String startLine, Map<String, String> headers, byte[] body) {
		Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		fields.putAll(headers);
		fields.put("Content-Length", String.valueOf(body.length));
		return new HttpMessage(startLine, fields, body);
	}

	public static HttpMessage get(String path, Map<String, String> headers) {
		return withoutBody("GET", path, headers);
	}

	public static HttpMessage withoutBody(String method, String path, Map<String, String> headers) {
		return new HttpMessage(method + " " + path + " HTTP/1.1", withHost(headers), new byte[0]);
	}

	public static HttpMessage post(String path, Map<String, String> headers, byte[] body) {
		return request("POST", path, headers, body);
	}

	public static HttpMessage request(String method, String path, Map<String, String> headers, byte[] body) {
		return of(method + " " + path + " HTTP/1.1", withHost(headers), body);
	}

	private static Map<String, String> withHost(Map<String, String> headers) {
		Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		fields.put("Host", "localhost");
		fields.putAll(headers);
		return fields;
	}

	public int status() {
		return Integer.parseInt(this.startLine.split(" ", 3)[1]);
	}

	public boolean isSuccess() {
		return status() / 100 == 2;
	}

	public String header(String name) {
		return this.headers.getOrDefault(name, "");
	}

	public String text() {
		return new String(this.body, StandardCharsets.UTF_8);
	}

	/**
	 * Whether the connection may carry another message after this one.
	 */
	boolean keepsAlive() {
		String connection = header("Connection").toLowerCase();
		return this.startLine.contains("HTTP/1.0") ? connection.contains("keep-alive") : !connection.contains("close");
	}

	byte[] encoded() {
		StringBuilder head = new StringBuilder(this.startLine).append("\r\n");
		this.headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
		head.append("\r\n");
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
		bytes.writeBytes(this.body);
		return bytes.toByteArray();
	}

}
