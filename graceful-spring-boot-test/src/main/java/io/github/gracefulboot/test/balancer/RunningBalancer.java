package io.github.gracefulboot.test.balancer;

import java.time.Duration;

/**
 * A load balancer that runs on the loopback interface.
 */
public interface RunningBalancer extends AutoCloseable {

	/**
	 * How long a balancer may take to see an instance that is ready. Longer than the ten
	 * seconds for which nginx leaves a failed instance alone.
	 */
	Duration UP_TIMEOUT = Duration.ofSeconds(30);

	/**
	 * Where clients send their requests.
	 * @return a port of the loopback interface
	 */
	int port();

	/**
	 * Waits until requests reach a freshly started instance.
	 * @param instance its port
	 */
	void awaitUp(int instance);

	@Override
	void close();

}
