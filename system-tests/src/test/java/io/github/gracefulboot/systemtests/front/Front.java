package io.github.gracefulboot.systemtests.front;

import java.time.Duration;

import io.github.gracefulboot.systemtests.app.AppProcess;

/**
 * A load balancer on the loopback interface, in front of the instances.
 */
public interface Front extends AutoCloseable {

	/**
	 * How long a front may take to see an instance that is ready. Longer than the ten
	 * seconds for which nginx leaves a failed instance alone.
	 */
	Duration UP_TIMEOUT = Duration.ofSeconds(30);

	/**
	 * Where clients send their requests.
	 */
	int port();

	/**
	 * Waits until requests reach a freshly started instance.
	 */
	void awaitUp(AppProcess instance);

	@Override
	void close();

}
