package io.github.gracefulboot;

/**
 * Work that makes the first requests as fast as later ones, such as filling a cache.
 * Declare one as a bean: it runs after the application listens and before readiness says
 * that it accepts traffic. Logs name it by its bean.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface WarmUp {

	/**
	 * Warms up. Called on a thread of its own, which is interrupted when the time is up.
	 * @throws Exception if it fails, which is logged, and fails the start only with
	 * {@code graceful.startup.warm-up.required=true}
	 */
	void warmUp() throws Exception;

}
