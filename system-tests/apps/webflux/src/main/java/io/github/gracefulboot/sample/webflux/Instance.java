package io.github.gracefulboot.sample.webflux;

import java.net.InetSocketAddress;

import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Name of the process that answers, such as {@code 8080-4711}: the port that it was
 * reached on and its process id.
 */
final class Instance {

	private static final long PID = ProcessHandle.current().pid();

	private Instance() {
	}

	static String of(ServerHttpRequest request) {
		InetSocketAddress address = request.getLocalAddress();
		return ((address != null) ? address.getPort() : "unknown") + "-" + PID;
	}

}
