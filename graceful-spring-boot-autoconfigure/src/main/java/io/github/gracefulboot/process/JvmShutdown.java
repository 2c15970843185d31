package io.github.gracefulboot.process;

import java.util.Set;
import java.util.stream.Collectors;

import io.github.gracefulboot.StopReason;

/**
 * Tells whether the process is ending, not just a context, and why.
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
	 * Returns why the JVM shuts down. Its own signal handlers run on threads that are
	 * named for their signal, such as {@code SIGTERM handler}.
	 * @return the signal, or {@link StopReason#JVM_EXIT} if it was the application
	 */
	static StopReason reason() {
		Set<String> threads = Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.collect(Collectors.toSet());
		if (threads.contains("SIGINT handler")) {
			return StopReason.SIGINT;
		}
		return (threads.contains("SIGTERM handler") || threads.contains("SIGHUP handler")) ? StopReason.SIGTERM
				: StopReason.JVM_EXIT;
	}

}
