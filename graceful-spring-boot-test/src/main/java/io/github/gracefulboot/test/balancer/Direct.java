package io.github.gracefulboot.test.balancer;

import io.github.gracefulboot.test.balancer.Balancer.Backends;

/**
 * Nothing between the clients and the instance.
 */
final class Direct implements RunningBalancer {

	private final int port;

	Direct(Backends backends) {
		if (backends.ports().stream().distinct().count() != 1) {
			throw new IllegalArgumentException(
					"Without a balancer, clients reach one port, and the instances listen on %s: use one instance, or a balancer"
						.formatted(backends.ports()));
		}
		this.port = backends.ports().get(0);
	}

	@Override
	public int port() {
		return this.port;
	}

	@Override
	public void awaitUp(int instance) {
	}

	@Override
	public void close() {
	}

}
