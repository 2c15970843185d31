package io.github.gracefulboot.traffic;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Somebody who asks for readiness.
 *
 * @param address the remote address, without a port
 * @param userAgent the value of the header {@code User-Agent}, or {@code null} if there
 * is none
 */
public record Client(String address, @Nullable String userAgent) {

	private static final String KUBELET = "kube-probe/";

	private static final String ENVOY = "Envoy/HC";

	/**
	 * Health checks that route no requests: of a kubelet, whose endpoints are removed by
	 * other means, and of a Consul agent, which ends with the registration.
	 */
	private static final List<String> ROUTE_NOTHING = List.of(KUBELET, "Consul Health Check");

	/**
	 * Health checks of the balancers of AWS, Google and Azure.
	 */
	private static final List<String> BALANCERS = List.of("ELB-HealthChecker/", "GoogleHC/", "Edge Health Probe",
			"Load Balancer Agent");

	private static final List<String> LOOPBACK = List.of("127.", "::1", "0:0:0:0:0:0:0:1");

	/**
	 * Returns whether this is a kubelet.
	 * @return whether the User-Agent says so
	 */
	public boolean isKubelet() {
		return isOne(List.of(KUBELET));
	}

	/**
	 * Returns whether it is known to route no requests.
	 * @return whether the User-Agent says so
	 */
	public boolean routesNothing() {
		return isOne(ROUTE_NOTHING);
	}

	/**
	 * Returns whether it is known to be a load balancer.
	 * @return whether the User-Agent says so
	 */
	public boolean isBalancer() {
		return isOne(BALANCERS);
	}

	/**
	 * Returns whether it sends no requests any more after a single answer that it does
	 * not expect, as Envoy does whatever its threshold.
	 * @return whether the User-Agent says so
	 */
	public boolean leavesAtOnce() {
		return isOne(List.of(ENVOY));
	}

	/**
	 * Returns whether it is on this machine, such as the health check of a container.
	 * @return whether its address says so
	 */
	public boolean isLocal() {
		return LOOPBACK.stream().anyMatch(this.address::startsWith);
	}

	private boolean isOne(List<String> userAgents) {
		String userAgent = this.userAgent;
		return userAgent != null && userAgents.stream().anyMatch(userAgent::startsWith);
	}

	@Override
	public String toString() {
		return (this.userAgent != null) ? this.address + " " + this.userAgent : this.address;
	}

}
