package io.github.gracefulboot.sample;

import jakarta.servlet.ServletRequest;

/**
 * Name of the process that answers, such as {@code 8080-4711}: the port that it was
 * reached on and its process id.
 */
final class Instance {

	private static final long PID = ProcessHandle.current().pid();

	private Instance() {
	}

	static String of(ServletRequest request) {
		return request.getLocalPort() + "-" + PID;
	}

}
