package io.github.gracefulboot.traffic;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Somebody who asks for readiness. Both parts are {@linkplain Printable fit to be shown}:
 * where proxies are believed, the address is what a header says.
 *
 * @param address the remote address, without a port
 * @param userAgent the value of the header {@code User-Agent}, or {@code null} if there
 * is none
 */
public record Client(String address, @Nullable String userAgent) {

	private static final String KUBELET = "kube-probe/";

	/**
	 * Who asks only to know: Consul, whose check ends with the registration, and monitors
	 * as they call themselves.
	 */
	private static final String[] MONITORS = { "Consul Health Check", "Blackbox Exporter/", "Prometheus/",
			"Uptime-Kuma/", "Mozilla/5.0+(compatible; UptimeRobot/", "Pingdom.com_bot", "check_http/", "Monit/",
			"Zabbix", "Datadog Agent/" };

	private static final List<String> LOOPBACK = List.of("127.", "::1", "0:0:0:0:0:0:0:1");

	/**
	 * Creates a client.
	 * @param address the remote address as the server knows it
	 * @param userAgent the value of the header as it came
	 */
	public Client {
		address = Printable.text(address);
		userAgent = (userAgent != null) ? Printable.text(userAgent) : null;
	}

	/**
	 * Returns whether this is a kubelet.
	 * @return whether the User-Agent says so
	 */
	public boolean isKubelet() {
		return isOne(KUBELET);
	}

	/**
	 * Returns whether it is known to route no requests: a kubelet, whose endpoints are
	 * removed by other means, or a monitor.
	 * @return whether the User-Agent says so
	 */
	public boolean routesNothing() {
		return isOne(KUBELET) || isOne(MONITORS);
	}

	/**
	 * Returns whether it is known to be a load balancer, of AWS, Google or Azure.
	 * @return whether the User-Agent says so
	 */
	public boolean isBalancer() {
		return isOne("ELB-HealthChecker/", "GoogleHC/", "Edge Health Probe", "Load Balancer Agent");
	}

	/**
	 * Returns whether it sends no requests any more after a single answer that it does
	 * not expect, as Envoy does whatever its threshold.
	 * @return whether the User-Agent says so
	 */
	public boolean leavesAtOnce() {
		return isOne("Envoy/HC");
	}

	/**
	 * Returns whether it is on this machine, such as the health check of a container.
	 * @return whether its address says so
	 */
	public boolean isLocal() {
		return LOOPBACK.stream().anyMatch(this.address::startsWith);
	}

	private boolean isOne(String... userAgents) {
		String userAgent = this.userAgent;
		return userAgent != null && Arrays.stream(userAgents).anyMatch(userAgent::startsWith);
	}

	@Override
	public String toString() {
		return (this.userAgent != null) ? this.address + " " + this.userAgent : this.address;
	}

}
