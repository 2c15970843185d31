package io.github.gracefulboot.background;

/**
 * Starts virtual threads on a JVM that has them, and else others.
 */
final class VirtualThreadStarter {

	static final boolean POSSIBLE = Runtime.version().feature() >= 21;

	private VirtualThreadStarter() {
	}

	static Thread start(Runnable task) {
		if (POSSIBLE) {
			try {
				return (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
			}
			catch (ReflectiveOperationException ex) {
				throw new IllegalStateException(ex);
			}
		}
		Thread thread = new Thread(task);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

}
