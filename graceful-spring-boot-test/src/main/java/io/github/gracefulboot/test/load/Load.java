package io.github.gracefulboot.test.load;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.github.gracefulboot.test.http.HttpMessage;

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
 * @param contentType of the bodies that are sent
 * @param body that is sent with each POST
 */
public record Load(String method, String path, boolean keepAlive, int connections, long maxRequests,
		Duration maxDuration, Duration responseTimeout, String contentType, String body) {

	public static Load of(String method, String path, boolean keepAlive, int connections) {
		return new Load(method, path, keepAlive, connections, 1_000_000, Duration.ofMinutes(15), Duration.ofSeconds(20),
				"text/plain", "x".repeat(200));
	}

	public Load withMaxRequests(long requests) {
		return new Load(this.method, this.path, this.keepAlive, this.connections, requests, this.maxDuration,
				this.responseTimeout, this.contentType, this.body);
	}

	public Load withPath(String path) {
		return new Load(this.method, path, this.keepAlive, this.connections, this.maxRequests, this.maxDuration,
				this.responseTimeout, this.contentType, this.body);
	}

	public Load withResponseTimeout(Duration timeout) {
		return new Load(this.method, this.path, this.keepAlive, this.connections, this.maxRequests, this.maxDuration,
				timeout, this.contentType, this.body);
	}

	public Load withJson(String json) {
		return new Load(this.method, this.path, this.keepAlive, this.connections, this.maxRequests, this.maxDuration,
				this.responseTimeout, "application/json", json);
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
			headers.put("Content-Type", this.contentType);
			return HttpMessage.post(this.path, headers, this.body.getBytes(StandardCharsets.UTF_8));
		}
		return HttpMessage.get(this.path, headers);
	}

}
