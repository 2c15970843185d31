package io.github.gracefulboot.test.balancer;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A real HAProxy that checks readiness and repeats nothing.
 *
 * @param period how often it asks each instance, HAProxy's {@code inter}
 * @param fall how many checks have to fail before an instance is down
 * @param rise how many have to succeed before it is up again
 * @param runtimeApi where the Unix socket of its runtime API is, or {@code null}
 */
public record Haproxy(Duration period, int fall, int rise, @Nullable Path runtimeApi) implements Balancer {

	static Haproxy defaults() {
		return new Haproxy(Duration.ofSeconds(2), 3, 2, null);
	}

	/**
	 * Checks in another way.
	 * @param period how often it asks each instance
	 * @param fall how many checks have to fail before an instance is down
	 * @param rise how many have to succeed before it is up again
	 * @return another HAProxy
	 */
	public Haproxy checks(Duration period, int fall, int rise) {
		return new Haproxy(period, fall, rise, this.runtimeApi);
	}

	/**
	 * Listens to commands.
	 * @param socket path of a Unix socket that HAProxy creates: at most 107 bytes
	 * @return another HAProxy
	 */
	public Haproxy runtimeApi(Path socket) {
		return new Haproxy(this.period, this.fall, this.rise, socket);
	}

	@Override
	public RunningBalancer start(Backends backends) {
		return new HaproxyProcess(this, backends);
	}

	/**
	 * The checks in HAProxy's own words.
	 */
	String checks() {
		return "inter %dms fall %d rise %d".formatted(this.period.toMillis(), this.fall, this.rise);
	}

	@Override
	public String toString() {
		return "HAProxy (%s)".formatted(checks());
	}

}
