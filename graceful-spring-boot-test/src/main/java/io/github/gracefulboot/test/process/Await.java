package io.github.gracefulboot.test.process;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Waits for conditions that can only be asked for. Awaitility, which does the same, does
 * not end a wait when its thread is interrupted, as JUnit does at the end of a test's
 * time.
 */
public final class Await {

	private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(20);

	private Await() {
	}

	/**
	 * Waits until a condition holds.
	 * @param what what is waited for
	 * @param limit how long to wait at most
	 * @param condition is asked again and again
	 * @throws IllegalStateException if it does not hold in time, or the thread is
	 * interrupted, which it stays
	 */
	public static void until(String what, Duration limit, BooleanSupplier condition) {
		long end = System.nanoTime() + limit.toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - end > 0) {
				throw new IllegalStateException("Waited %s for %s, in vain".formatted(limit, what));
			}
			pause(what, BETWEEN_QUESTIONS);
		}
	}

	/**
	 * Lets time pass that somebody else needs, who cannot be asked whether it has.
	 * @param time how long
	 * @throws IllegalStateException if the thread is interrupted, which it stays
	 */
	public static void pass(Duration time) {
		pause("%s to pass".formatted(time), time);
	}

	private static void pause(String what, Duration time) {
		try {
			Thread.sleep(time.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for " + what, ex);
		}
	}

}
