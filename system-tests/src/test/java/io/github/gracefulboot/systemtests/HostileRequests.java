package io.github.gracefulboot.systemtests;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Requests that want to forge lines of a log, to run in the terminal or the browser of
 * whoever reads about them, or to have what is secret written down.
 */
final class HostileRequests {

	/**
	 * Stands in queries, parameters of paths, headers and bodies, and is to be seen
	 * nowhere.
	 */
	static final String SECRET = "tr0ub4dor-4711";

	/**
	 * Stands wherever something tries to be taken for more than a text.
	 */
	static final String INJECTED = "INJECTED";

	/**
	 * As text, each of which is sent as UTF-8 and as Latin-1, which is not valid UTF-8
	 * for some of them.
	 */
	private static final List<String> PAYLOADS = List.of("\r\n" + INJECTED, "\n" + INJECTED + ": forged",
			"\u001b[2J\u001b[31m" + INJECTED, "\u009b2J\u0085" + INJECTED + "\u00ad", "\u0000\u0007\b" + INJECTED,
			"\u202e" + INJECTED + "\u2066\u200f", "\u2028" + INJECTED + "\ufeff",
			"<script>alert('" + INJECTED + "')</script>", "</script><img src=x onerror=alert('" + INJECTED + "')>",
			"\"," + "\"" + INJECTED + "\":\"", "%s%n%n${jndi:ldap://127.0.0.1/" + INJECTED + "}", "../../../etc/passwd",
			"x".repeat(7_000), "\u00ff\u00fe\u00c0\u0080" + INJECTED);

	private static final String SECRETS = "Authorization: Bearer " + SECRET + "\r\nCookie: JSESSIONID=" + SECRET
			+ "\r\nX-Api-Key: " + SECRET + "\r\n";

	private static final String HEAD = "Host: localhost\r\nConnection: close\r\n";

	private static final int PLACES = 13;

	private HostileRequests() {
	}

	/**
	 * Returns one of them, whatever its number. The server refuses some of them as no
	 * request at all, and says in its log what is wrong with them: there is no secret in
	 * that line.
	 */
	static byte[] request(int number) {
		int variant = number / PLACES;
		String payload = PAYLOADS.get(variant % PAYLOADS.size());
		Charset charset = (variant / PAYLOADS.size() % 2 == 0) ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
		String encoded = percentEncoded(payload, charset);
		String request = switch (number % PLACES) {
			case 0 -> get("/orders/" + payload, "");
			case 1 -> get("/orders/" + encoded + "?token=" + SECRET, SECRETS);
			case 2 -> get("/fast;jsessionid=" + SECRET + ";v=" + encoded, SECRETS);
			case 3 -> get("/fast?token=" + SECRET + "&" + encoded + "=" + encoded, SECRETS);
			case 4 -> get("/actuator/health/readiness", SECRETS + "User-Agent: " + payload + "\r\n");
			case 5 -> get("/actuator/health/readiness;jsessionid=" + SECRET, "X-Forwarded-For: " + payload + "\r\n");
			case 6 -> get("/fast", SECRETS + "X-Hostile: " + payload + "\r\n");
			case 7 -> get("/fast", SECRETS + payload + ": " + INJECTED + "\r\n");
			case 8 -> payload + " /fast HTTP/1.1\r\n" + HEAD + SECRETS + "\r\n";
			case 9 -> "GET /fast HTTP/1.1\r\nHost: " + payload + "\r\nConnection: close\r\n" + SECRETS + "\r\n";
			case 10 -> post("/orders", "application/json", "{\"item\":\"%s%s\"}".formatted(SECRET, payload), charset);
			case 11 -> post("/actuator/graceful", "application/json",
					"{\"action\":\"%s%s\"}".formatted(payload, SECRET), charset);
			default -> post("/" + encoded + ";jsessionid=" + SECRET, "application/x-www-form-urlencoded",
					"token=" + SECRET + "&" + encoded, charset);
		};
		return request.getBytes(charset);
	}

	/**
	 * Returns those that are not answered soon: two that take a minute, and for each
	 * hostile path one whose form never comes to its end.
	 */
	static List<byte[]> endless() {
		List<String> slow = List.of("/slow;jsessionid=" + SECRET, "/%73low;v=%0d%0a" + INJECTED + ";id=" + SECRET);
		return IntStream.range(0, slow.size() + PAYLOADS.size())
			.mapToObj((i) -> (i < slow.size()) ? post(slow.get(i) + "?ms=60000&token=" + SECRET, "text/plain", SECRET)
					: unfinished(PAYLOADS.get(i - slow.size())))
			.map((request) -> request.getBytes(StandardCharsets.UTF_8))
			.toList();
	}

	/**
	 * Returns what asks for readiness: each hostile name once as it is, and once from
	 * such an address, if a proxy is believed.
	 */
	static List<byte[]> probes() {
		return PAYLOADS.stream()
			.map((payload) -> payload.replaceAll("[\\x00-\\x1f]", "\u0085"))
			.flatMap((payload) -> Stream.of("", "X-Forwarded-For: " + payload + "\r\n")
				.map((address) -> get("/actuator/health/readiness",
						SECRETS + "User-Agent: " + payload + "\r\n" + address)))
			.map((request) -> request.getBytes(StandardCharsets.ISO_8859_1))
			.toList();
	}

	private static String unfinished(String payload) {
		String path = percentEncoded(payload.replace("\u0000", "").replace("/", "%"), StandardCharsets.UTF_8);
		String request = post("/held/" + path + ";jsessionid=" + SECRET + "?token=" + SECRET,
				"application/x-www-form-urlencoded", "token=" + SECRET);
		return request.replaceFirst("POST", "PUT").substring(0, request.length() - 2);
	}

	private static String get(String target, String headers) {
		return "GET " + target + " HTTP/1.1\r\n" + HEAD + headers + "\r\n";
	}

	private static String post(String target, String type, String body) {
		return post(target, type, body, StandardCharsets.UTF_8);
	}

	private static String post(String target, String type, String body, Charset charset) {
		return "POST " + target + " HTTP/1.1\r\n" + HEAD + SECRETS + "Content-Type: " + type + "\r\nContent-Length: "
				+ body.getBytes(charset).length + "\r\n\r\n" + body;
	}

	private static String percentEncoded(String text, Charset charset) {
		StringBuilder encoded = new StringBuilder();
		for (byte octet : text.getBytes(charset)) {
			boolean plain = octet == '.' || Character.isLetterOrDigit(octet & 0xff) && octet > 0;
			encoded.append(plain ? String.valueOf((char) octet) : "%" + HexFormat.of().toHexDigits(octet));
		}
		return encoded.toString();
	}

}
