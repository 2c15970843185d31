package io.github.gracefulboot.test.load;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a {@link LoadClient} sends, and how much of it at most.
 *
 * @param kinds what is sent, in turn
 * @param keepAlive which share of the connections is kept, from 0 to 1, instead of one
 * for each request
 * @param connections how many requests are sent at a time
 * @param perSecond how many requests are due each second, however long the responses
 * take, or 0 for one after the other on each connection
 * @param maxRequests how many requests are sent at most
 * @param maxDuration how long it goes on at most
 * @param responseTimeout how long a response may take
 */
public record Load(List<RequestKind> kinds, double keepAlive, int connections, int perSecond, long maxRequests,
		Duration maxDuration, Duration responseTimeout) {

	private static final byte[] CONTENT = "x".repeat(200).getBytes(StandardCharsets.US_ASCII);

	/**
	 * The load of one kind of request.
	 * @param method {@code GET} or {@code POST}
	 * @param path where to
	 * @param keepAlive whether connections are kept
	 * @param connections how many requests are sent at a time
	 * @return the load
	 */
	public static Load of(String method, String path, boolean keepAlive, int connections) {
		RequestKind kind = method.equals("POST")
				? new RequestKind(method, path, Map.of("Content-Type", "text/plain"), (number) -> CONTENT)
				: RequestKind.withoutBody(method, path);
		return of(List.of(kind), keepAlive ? 1 : 0, connections);
	}

	/**
	 * The load of several kinds of requests.
	 * @param kinds what is sent, in turn
	 * @param keepAlive which share of the connections is kept
	 * @param connections how many requests are sent at a time
	 * @return the load
	 */
	public static Load of(List<RequestKind> kinds, double keepAlive, int connections) {
		return new Load(kinds, keepAlive, connections, 0, 1_000_000, Duration.ofMinutes(15), Duration.ofSeconds(20));
	}

	public Load withMaxRequests(long requests) {
		return new Load(this.kinds, this.keepAlive, this.connections, this.perSecond, requests, this.maxDuration,
				this.responseTimeout);
	}

	public Load withMaxDuration(Duration duration) {
		return new Load(this.kinds, this.keepAlive, this.connections, this.perSecond, this.maxRequests, duration,
				this.responseTimeout);
	}

	public Load withPerSecond(int requests) {
		return new Load(this.kinds, this.keepAlive, this.connections, requests, this.maxRequests, this.maxDuration,
				this.responseTimeout);
	}

	public Load withPath(String path) {
		return withKinds(this.kinds.stream()
			.map((kind) -> new RequestKind(kind.method(), path, kind.headers(), kind.body()))
			.toList());
	}

	public Load withResponseTimeout(Duration timeout) {
		return new Load(this.kinds, this.keepAlive, this.connections, this.perSecond, this.maxRequests,
				this.maxDuration, timeout);
	}

	public Load withJson(String json) {
		byte[] content = json.getBytes(StandardCharsets.UTF_8);
		return withKinds(this.kinds.stream()
			.map((kind) -> new RequestKind(kind.method(), kind.path(), Map.of("Content-Type", "application/json"),
					(number) -> content))
			.toList());
	}

	public Load withConnections(int count) {
		return new Load(this.kinds, this.keepAlive, count, this.perSecond, this.maxRequests, this.maxDuration,
				this.responseTimeout);
	}

	public Load withKeepAlive(double share) {
		return new Load(this.kinds, share, this.connections, this.perSecond, this.maxRequests, this.maxDuration,
				this.responseTimeout);
	}

	public Load withKinds(List<RequestKind> changed) {
		return new Load(changed, this.keepAlive, this.connections, this.perSecond, this.maxRequests, this.maxDuration,
				this.responseTimeout);
	}

	/**
	 * Whether a connection is kept.
	 */
	boolean isKept(int connection) {
		return connection < Math.round(this.connections * this.keepAlive);
	}

	/**
	 * Says what is sent and how.
	 */
	@Override
	public String toString() {
		String sent = this.kinds.stream().map(RequestKind::toString).distinct().collect(Collectors.joining(", "));
		String rate = (this.perSecond > 0) ? ", %d a second".formatted(this.perSecond) : "";
		return "%s on %d connections, %.0f %% of them kept%s".formatted(sent, this.connections, this.keepAlive * 100,
				rate);
	}

}
