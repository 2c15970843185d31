package io.github.gracefulboot.traffic;

import java.util.Locale;

/**
 * What somebody who asks for readiness is taken for.
 */
public enum ProberKind {

	/**
	 * It is known to send requests, or was seen to.
	 */
	BALANCER,

	/**
	 * A kubelet, which routes no requests: endpoints are removed by other means.
	 */
	KUBELET,

	/**
	 * Asks only to know.
	 */
	MONITOR,

	/**
	 * A health check on the same machine, where no requests come from.
	 */
	LOCAL,

	/**
	 * It may be a load balancer.
	 */
	UNKNOWN;

	/**
	 * Returns the name that reports and endpoints use, such as {@code balancer}.
	 * @return the name
	 */
	public String id() {
		return name().toLowerCase(Locale.ROOT);
	}

}
