package io.github.gracefulboot;

/**
 * Tells somebody outside, at the beginning of a shutdown, that this instance leaves.
 * Beans of this type are called in their {@link org.springframework.core.annotation.Order
 * order}. One that throws is logged, and the others are still called.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Announcer {

	/**
	 * Announces the shutdown. Must return soon: the budget is running.
	 * @param deadline when the whole shutdown has to be over
	 */
	void announceStop(Deadline deadline);

}
