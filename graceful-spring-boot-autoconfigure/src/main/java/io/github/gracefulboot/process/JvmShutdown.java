package io.github.gracefulboot.process;

/**
 * Tells whether the process is ending, not just a context.
 */
final class JvmShutdown {

	private JvmShutdown() {
	}

	/**
	 * Returns whether the JVM runs its shutdown hooks. It refuses to change them then,
	 * which is the only way to ask.
	 * @return whether the JVM is shutting down
	 */
	static boolean underWay() {
		Thread probe = new Thread(() -> {
		}, "graceful-probe");
		try {
			Runtime.getRuntime().addShutdownHook(probe);
			Runtime.getRuntime().removeShutdownHook(probe);
			return false;
		}
		catch (IllegalStateException ex) {
			return true;
		}
	}

	/**
	 * Returns whether a signal made the JVM shut down, rather than the application. The
	 * JVM's own handlers run on threads that are named for their signal.
	 * @return whether such a thread is there
	 */
	static boolean bySignal() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.anyMatch((thread) -> thread.getName().matches("SIG(TERM|INT|HUP) handler"));
	}

}
