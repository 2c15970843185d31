package io.github.gracefulboot.test.balancer;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * A real HAProxy that checks readiness and repeats nothing.
 *
 * @param checks how it checks, in HAProxy's own words
 * @param runtimeApi where the Unix socket of its runtime API is, or {@code null}
 */
public record Haproxy(String checks, @Nullable Path runtimeApi) implements Balancer {

	static Haproxy defaults() {
		return new Haproxy("inter 2s fall 3 rise 2", null);
	}

	/**
	 * Checks in another way.
	 * @param checks such as {@code inter 500ms fall 1 rise 1}
	 * @return another HAProxy
	 */
	public Haproxy checks(String checks) {
		return new Haproxy(checks, this.runtimeApi);
	}

	/**
	 * Listens to commands.
	 * @param socket path of a Unix socket that HAProxy creates: at most 107 bytes
	 * @return another HAProxy
	 */
	public Haproxy runtimeApi(Path socket) {
		return new Haproxy(this.checks, socket);
	}

	@Override
	public RunningBalancer start(Backends backends) {
		return new HaproxyProcess(this, backends);
	}

	@Override
	public String toString() {
		return "HAProxy (%s)".formatted(this.checks);
	}

}
