package io.github.gracefulboot.systemtests.load;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.github.gracefulboot.systemtests.http.HttpMessage;

/**
 * What a {@link LoadClient} sends, and how much of it at most.
 *
 * @param method GET or POST
 * @param path where to
 * @param keepAlive whether connections are reused, instead of one for each request
 * @param connections how many requests are sent at a time
 * @param maxRequests how many requests are sent at most
 * @param maxDuration how long it goes on at most
 * @param responseTimeout how long a response may take
 */
public record Load(String method, String path, boolean keepAlive, int connections, long maxRequests,
		Duration maxDuration, Duration responseTimeout) {

	private static final byte[] BODY = "x".repeat(200).getBytes(StandardCharsets.US_ASCII);

	public static Load of(String method, String path, boolean keepAlive, int connections) {
		return new Load(method, path, keepAlive, connections, 1_000_000, Duration.ofMinutes(15),
				Duration.ofSeconds(20));
	}

	public Load withMaxRequests(long requests) {
		return new Load(this.method, this.path, this.keepAlive, this.connections, requests, this.maxDuration,
				this.responseTimeout);
	}

	public Load withPath(String path) {
		return new Load(this.method, path, this.keepAlive, this.connections, this.maxRequests, this.maxDuration,
				this.responseTimeout);
	}

	public Load withResponseTimeout(Duration timeout) {
		return new Load(this.method, this.path, this.keepAlive, this.connections, this.maxRequests, this.maxDuration,
				timeout);
	}

	String name() {
		return "%s %s".formatted(this.method, this.keepAlive ? "keep-alive" : "close");
	}

	HttpMessage request() {
		Map<String, String> headers = new HashMap<>();
		headers.put("User-Agent", "load");
		if (!this.keepAlive) {
			headers.put("Connection", "close");
		}
		if (this.method.equals("POST")) {
			headers.put("Content-Type", "text/plain");
			return HttpMessage.post(this.path, headers, BODY);
		}
		return HttpMessage.get(this.path, headers);
	}

}
