package io.github.gracefulboot.test.balancer;

import java.time.Duration;

/**
 * A real nginx as most people run it: connections to the instances are kept, everything
 * about failures is left at its default.
 *
 * @param failTimeout how long an instance is left alone that refused a connection
 */
public record Nginx(Duration failTimeout) implements Balancer {

	static Nginx defaults() {
		return new Nginx(Duration.ofSeconds(10));
	}

	/**
	 * Leaves an instance alone for another time.
	 * @param timeout whole seconds
	 * @return another nginx
	 */
	public Nginx failTimeout(Duration timeout) {
		return new Nginx(timeout);
	}

	@Override
	public RunningBalancer start(Backends backends) {
		return new NginxProcess(this, backends);
	}

	@Override
	public String toString() {
		return "nginx (fail_timeout=%ds)".formatted(this.failTimeout.toSeconds());
	}

}
