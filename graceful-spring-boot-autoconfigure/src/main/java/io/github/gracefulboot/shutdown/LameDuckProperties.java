package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of the time in which every request is still served after readiness was
 * refused.
 */
@ConfigurationProperties("graceful.lame-duck")
public class LameDuckProperties {

	/**
	 * Whether to wait until the load balancer has seen that this instance leaves. On
	 * unless the application runs in a test, with devtools or with
	 * server.shutdown=immediate.
	 */
	private @Nullable Boolean enabled;

	/**
	 * Shortest duration of the wait. On Kubernetes 4s unless it is set, for endpoints to
	 * be removed, and zero elsewhere.
	 */
	private @Nullable Duration min;

	/**
	 * Longest duration of the wait. With a graceful.shutdown.timeout below 30s half of
	 * it, or 6.5s if that leaves a second to the drain.
	 */
	private @Nullable Duration max;

	/**
	 * Number of failing readiness answers in a row that each prober must have been given.
	 * Unless it is set, three, or two when requests have ceased for longer than they
	 * usually do.
	 */
	private @Nullable Integer probes;

	/**
	 * How long no new request may have come, and how long a kept-alive connection must
	 * have been idle to be closed.
	 */
	private Duration quietPeriod = Duration.ofMillis(500);

	/**
	 * Paths, beside those of the health endpoint, that load balancers ask to learn
	 * whether this instance is ready, such as /healthz. From the start of a shutdown on
	 * they are answered 503.
	 */
	private List<String> probePaths = new ArrayList<>();

	public @Nullable Boolean getEnabled() {
		return this.enabled;
	}

	public void setEnabled(@Nullable Boolean enabled) {
		this.enabled = enabled;
	}

	public @Nullable Duration getMin() {
		return this.min;
	}

	/**
	 * Returns the shortest duration that was set.
	 * @return the duration, zero unless it was set
	 */
	Duration leastWait() {
		return (this.min != null) ? this.min : Duration.ZERO;
	}

	public void setMin(@Nullable Duration min) {
		this.min = min;
	}

	public @Nullable Duration getMax() {
		return this.max;
	}

	public void setMax(@Nullable Duration max) {
		this.max = max;
	}

	public @Nullable Integer getProbes() {
		return this.probes;
	}

	public void setProbes(@Nullable Integer probes) {
		this.probes = probes;
	}

	public Duration getQuietPeriod() {
		return this.quietPeriod;
	}

	public void setQuietPeriod(Duration quietPeriod) {
		this.quietPeriod = quietPeriod;
	}

	public List<String> getProbePaths() {
		return this.probePaths;
	}

	public void setProbePaths(List<String> probePaths) {
		this.probePaths = probePaths;
	}

}
