package io.github.gracefulboot.test.balancer;

import java.time.Duration;

/**
 * A load balancer that learns from nothing but readiness probes, and late, as in
 * Kubernetes. It gives each request to the next instance that is up, over connections
 * that it keeps as HAProxy and nginx do, and repeats none.
 *
 * @param period how often it asks each instance
 * @param fallsAfter how many answers in a row have to fail before an instance is down
 * @param risesAfter how many have to succeed before it is up again
 * @param actsAfter how long it takes from the answer until requests go elsewhere
 * @param userAgent what it calls itself
 * @param balancesConnections whether it distributes connections, whose bytes it passes on
 * as they are, as a Kubernetes service does, instead of requests
 */
public record Prober(Duration period, int fallsAfter, int risesAfter, Duration actsAfter, String userAgent,
		boolean balancesConnections) implements Balancer {

	static Prober each(Duration period) {
		return new Prober(period, 1, 1, Duration.ZERO, "prober/1.0", false);
	}

	/**
	 * Takes so many failing answers before it believes them.
	 * @param answers how many, in a row
	 * @return another prober
	 */
	public Prober fallsAfter(int answers) {
		return new Prober(this.period, answers, this.risesAfter, this.actsAfter, this.userAgent,
				this.balancesConnections);
	}

	/**
	 * Takes so many good answers before it believes them.
	 * @param answers how many, in a row
	 * @return another prober
	 */
	public Prober risesAfter(int answers) {
		return new Prober(this.period, this.fallsAfter, answers, this.actsAfter, this.userAgent,
				this.balancesConnections);
	}

	/**
	 * Is late by so much, as what distributes endpoints in Kubernetes.
	 * @param delay how long it takes from the answer until requests go elsewhere
	 * @return another prober
	 */
	public Prober actsAfter(Duration delay) {
		return new Prober(this.period, this.fallsAfter, this.risesAfter, delay, this.userAgent,
				this.balancesConnections);
	}

	/**
	 * Calls itself by another name.
	 * @param name such as {@code kube-probe/1.33}
	 * @return another prober
	 */
	public Prober userAgent(String name) {
		return new Prober(this.period, this.fallsAfter, this.risesAfter, this.actsAfter, name,
				this.balancesConnections);
	}

	/**
	 * Distributes connections instead of requests.
	 * @return another prober
	 */
	public Prober ofConnections() {
		return new Prober(this.period, this.fallsAfter, this.risesAfter, this.actsAfter, this.userAgent, true);
	}

	@Override
	public RunningBalancer start(Backends backends) {
		ReadinessProber prober = new ReadinessProber(this, backends);
		return (this.balancesConnections ? new ConnectionBalancer(prober) : new RequestBalancer(prober)).open();
	}

	@Override
	public String toString() {
		return "prober of %s (each %d ms, down after %d failing, %d ms later)".formatted(
				this.balancesConnections ? "connections" : "requests", this.period.toMillis(), this.fallsAfter,
				this.actsAfter.toMillis());
	}

}
