package io.github.gracefulboot.shutdown;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Tells whether a thread ends the process by {@code System.exit}, which never returns: it
 * waits for the shutdown, so that the shutdown must not wait for it.
 */
final class Exiting {

	private Exiting() {
	}

	static boolean is(@Nullable Thread thread) {
		return thread != null && Arrays.stream(thread.getStackTrace()).anyMatch(Exiting::isExit);
	}

	private static boolean isExit(StackTraceElement frame) {
		return frame.getClassName().equals("java.lang.Shutdown");
	}

}
