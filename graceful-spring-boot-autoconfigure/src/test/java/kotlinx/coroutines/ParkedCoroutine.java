package kotlinx.coroutines;

import java.util.concurrent.locks.LockSupport;

/**
 * Waits as {@code runBlocking} of Kotlin does.
 */
public final class ParkedCoroutine {

	private ParkedCoroutine() {
	}

	/**
	 * Parks until the thread is interrupted.
	 */
	public static void joinBlocking() {
		while (!Thread.currentThread().isInterrupted()) {
			LockSupport.parkNanos(ParkedCoroutine.class, Long.MAX_VALUE);
		}
	}

}
