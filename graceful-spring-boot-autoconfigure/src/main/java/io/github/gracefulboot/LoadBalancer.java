package io.github.gracefulboot;

import org.jspecify.annotations.Nullable;

/**
 * A load balancer that can be told that this instance leaves, and asked whether it sends
 * anything more. Where it says that it does not, the lame duck stage needs no other
 * evidence of it. One that fails, hangs or goes on to send requests is waited for like
 * one that cannot be told, by its probes.
 * <p>
 * All beans of this type are told, each on a thread of its own. What could not be said is
 * said again each second, until it succeeds or the application closes; the first failure
 * is logged.
 *
 * @since 0.1.0
 */
public interface LoadBalancer {

	/**
	 * Returns the name that logs use, such as {@code HAProxy at /run/haproxy/admin.sock}.
	 * @return the name, or {@code null} to use the name of the bean
	 */
	default @Nullable String name() {
		return null;
	}

	/**
	 * Tells it to send no new requests. Called when a shutdown begins, and when the
	 * application refuses traffic after it was ready. The shutdown waits for the answer
	 * for two seconds.
	 * @throws Exception if it could not be told, with a message that says why and what to
	 * do
	 */
	void drain() throws Exception;

	/**
	 * Returns whether nothing more comes from it: it has no request in hand that may
	 * still reach this instance, and sends no new one. Asked every 50 ms after
	 * {@link #drain()}.
	 * @return whether it has drained, {@code false} if it does not say
	 * @throws Exception if it could not be asked
	 */
	default boolean isDrained() throws Exception {
		return false;
	}

	/**
	 * Tells it to send requests, whenever the application accepts traffic.
	 * @throws Exception if it could not be told, with a message that says why and what to
	 * do
	 */
	default void ready() throws Exception {
	}

	/**
	 * Returns whether it sends its requests and probes from an address. Must not block.
	 * @param address the remote address of a probe, as the server gives it
	 * @return whether its probes need not be waited for once it has drained
	 */
	default boolean isAt(String address) {
		return false;
	}

}
