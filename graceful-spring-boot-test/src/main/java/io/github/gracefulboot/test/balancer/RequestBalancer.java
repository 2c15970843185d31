package io.github.gracefulboot.test.balancer;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import io.github.gracefulboot.test.http.FailureKind;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.http.HttpMessage;
import io.github.gracefulboot.test.http.HttpServerConnection;

/**
 * A load balancer that learns from nothing but readiness probes, and late, as in
 * Kubernetes. It gives each request to the next instance that is up, over connections
 * that it keeps, and repeats none: a failure becomes a 502 that says which it was, or a
 * 503 if the request has not even been sent.
 */
final class RequestBalancer extends ProbedBalancer {

	private static final Set<String> HOP_BY_HOP = Set.of("connection", "keep-alive", "transfer-encoding");

	private static final Set<FailureKind> NOT_SENT = Set.of(FailureKind.REFUSED, FailureKind.CONNECT_TIMEOUT);

	RequestBalancer(ReadinessProber prober) {
		super(prober);
	}

	@Override
	void accepted(Socket client) {
		execute(() -> serve(client));
	}

	private void serve(Socket client) {
		try {
			HttpServerConnection.serve(client, this::forward);
		}
		catch (IOException ex) {
			// The client closed its connection
		}
		finally {
			close(client);
		}
	}

	private HttpMessage forward(HttpMessage request) {
		Optional<Backend> backend = next();
		if (backend.isEmpty()) {
			return failure("503 Service Unavailable", "NO_BACKEND");
		}
		try {
			HttpMessage response = backend.get().exchange(withoutHopByHop(request));
			return withoutHopByHop(response);
		}
		catch (HttpFailureException ex) {
			return failure(NOT_SENT.contains(ex.kind()) ? "503 Service Unavailable" : "502 Bad Gateway",
					ex.kind().name());
		}
	}

	private HttpMessage withoutHopByHop(HttpMessage message) {
		Map<String, String> headers = new TreeMap<>(message.headers());
		headers.keySet().removeIf((name) -> HOP_BY_HOP.contains(name.toLowerCase()));
		return HttpMessage.of(message.startLine(), headers, message.body());
	}

	private HttpMessage failure(String status, String reason) {
		return HttpMessage.of("HTTP/1.1 " + status, Map.of("X-Failure", reason),
				(reason + "\n").getBytes(StandardCharsets.US_ASCII));
	}

}
