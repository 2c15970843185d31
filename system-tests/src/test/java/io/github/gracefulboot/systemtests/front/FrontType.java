package io.github.gracefulboot.systemtests.front;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;

/**
 * The load balancers that the sample is tested behind.
 */
public enum FrontType {

	/**
	 * Probes readiness each second, as Kubernetes does, and acts half a second later.
	 */
	PROBER((backends, directory) -> new ProberFront(backends)),

	/**
	 * HAProxy with active checks and no retries.
	 */
	HAPROXY((backends, directory) -> new HaproxyFront(backends, directory, HaproxyFront.STRICT)),

	/**
	 * HAProxy with its own defaults.
	 */
	HAPROXY_DEFAULTS((backends, directory) -> new HaproxyFront(backends, directory, HaproxyFront.DEFAULTS)),

	/**
	 * Defaults of nginx: no active checks, passes a request on when a connection is
	 * refused.
	 */
	NGINX(NginxFront::new);

	private final BiFunction<List<Integer>, Path, Front> factory;

	FrontType(BiFunction<List<Integer>, Path, Front> factory) {
		this.factory = factory;
	}

	/**
	 * Starts it.
	 * @param backends ports of the instances
	 * @param directory where its files go
	 */
	public Front start(List<Integer> backends, Path directory) {
		return this.factory.apply(backends, directory);
	}

}
