package io.github.gracefulboot.supervisor;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of when supervisors are told that the start is over.
 */
@ConfigurationProperties("graceful.ready")
public class ReadyProperties {

	/**
	 * How long after accepting traffic supervisors are told, so that a balancer that asks
	 * rarely has seen it.
	 */
	private Duration delay = Duration.ZERO;

	/**
	 * Number of successful readiness probes in a row that each load balancer has to be
	 * answered before supervisors are told. A client counts as one from its second probe
	 * on. With 0, nobody is waited for.
	 */
	private int probes;

	/**
	 * Longest wait for the probes. After that supervisors are told all the same.
	 */
	private Duration max = Duration.ofSeconds(30);

	public Duration getDelay() {
		return this.delay;
	}

	public void setDelay(Duration delay) {
		this.delay = delay;
	}

	public int getProbes() {
		return this.probes;
	}

	public void setProbes(int probes) {
		this.probes = probes;
	}

	public Duration getMax() {
		return this.max;
	}

	public void setMax(Duration max) {
		this.max = max;
	}

}
