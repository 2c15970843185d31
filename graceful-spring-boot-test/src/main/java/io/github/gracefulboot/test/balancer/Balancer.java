package io.github.gracefulboot.test.balancer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A load balancer in front of instances that are restarted. Those offered here are real
 * programs or behave as real ones do: none repeats a request that may have been executed.
 */
@FunctionalInterface
public interface Balancer {

	/**
	 * Starts it.
	 * @param backends the instances
	 * @return the balancer, which listens on a port of the loopback interface
	 */
	RunningBalancer start(Backends backends);

	/**
	 * Returns how often it asks each instance for readiness. Nothing is stopped before it
	 * has asked three times: an application cannot know yet that who asked less often is
	 * a load balancer.
	 * @return the time, zero if it does not ask
	 */
	default Duration period() {
		return Duration.ZERO;
	}

	/**
	 * A balancer that knows nothing but what readiness probes say, and learns it late.
	 * @param period how often it asks each instance
	 * @return a balancer of requests, which believes the first answer and acts at once
	 */
	static Prober prober(Duration period) {
		return Prober.each(period);
	}

	/**
	 * HAProxy with its own defaults: checks each 2 s, of which 3 have to fail. Not
	 * installed, the test is skipped.
	 * @return the balancer
	 */
	static Haproxy haproxy() {
		return Haproxy.defaults();
	}

	/**
	 * An nginx with its own defaults, which asks nobody for readiness: it learns from a
	 * connection that is refused. Not installed, the test is skipped.
	 * @return the balancer
	 */
	static Nginx nginx() {
		return Nginx.defaults();
	}

	/**
	 * No balancer: clients connect to the one instance, or to whoever takes its port
	 * over.
	 * @return what passes nothing on
	 */
	static Balancer none() {
		return new NoBalancer();
	}

	/**
	 * The instances behind a balancer.
	 *
	 * @param ports their ports on the loopback interface
	 * @param readinessPath path of their readiness probe, or {@code null} if an open port
	 * is all that can be asked for
	 * @param directory where a balancer's files go
	 */
	record Backends(List<Integer> ports, @Nullable String readinessPath, Path directory) {

	}

}
