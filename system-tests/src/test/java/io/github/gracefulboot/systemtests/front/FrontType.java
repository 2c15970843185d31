package io.github.gracefulboot.systemtests.front;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.test.balancer.Balancer;
import io.github.gracefulboot.test.balancer.Balancer.Backends;
import io.github.gracefulboot.test.balancer.RunningBalancer;

/**
 * The load balancers that the sample is tested behind.
 */
public enum FrontType {

	/**
	 * Apache httpd with active checks.
	 */
	APACHE(new Apache()),

	/**
	 * Caddy with active checks.
	 */
	CADDY(new Caddy()),

	/**
	 * Probes readiness each second, as Kubernetes does, and acts half a second later.
	 */
	PROBER(Balancer.prober(Duration.ofSeconds(1)).actsAfter(Duration.ofMillis(500))),

	/**
	 * HAProxy with active checks, of which the first that fails is believed.
	 */
	HAPROXY(Balancer.haproxy().checks(Duration.ofMillis(500), 1, 1)),

	/**
	 * HAProxy with its own defaults.
	 */
	HAPROXY_DEFAULTS(Balancer.haproxy()),

	/**
	 * Defaults of nginx, but for how long an instance is left alone that refused a
	 * connection: fewer seconds make the tests shorter.
	 */
	NGINX(Balancer.nginx()
		.failTimeout(Duration.ofSeconds(Integer.getInteger("graceful.system-tests.nginx-fail-timeout", 10))));

	private final Balancer balancer;

	FrontType(Balancer balancer) {
		this.balancer = balancer;
	}

	/**
	 * Returns it.
	 */
	public Balancer balancer() {
		return this.balancer;
	}

	/**
	 * Starts it.
	 * @param backends ports of the instances
	 * @param directory where its files go
	 */
	public RunningBalancer start(List<Integer> backends, Path directory) {
		return this.balancer.start(new Backends(backends, Readiness.PATH, directory));
	}

}
