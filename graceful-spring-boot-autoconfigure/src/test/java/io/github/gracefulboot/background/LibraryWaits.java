package io.github.gracefulboot.background;

import java.util.concurrent.locks.AbstractQueuedSynchronizer;

/**
 * Waits as libraries do that keep their callers until something comes.
 */
final class LibraryWaits {

	private LibraryWaits() {
	}

	/**
	 * As {@code Await.result} of Scala.
	 */
	static void awaitLatch() throws InterruptedException {
		new Latch().acquireSharedInterruptibly(1);
	}

	/**
	 * As who calls the application for each message, until interrupted.
	 * @param listener the application
	 */
	static void pass(Runnable listener) {
		while (!Thread.currentThread().isInterrupted()) {
			listener.run();
		}
	}

	private static final class Latch extends AbstractQueuedSynchronizer {

		@Override
		protected int tryAcquireShared(int ignored) {
			return -1;
		}

	}

}
