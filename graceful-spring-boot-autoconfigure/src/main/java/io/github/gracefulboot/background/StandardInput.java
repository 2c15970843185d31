package io.github.gracefulboot.background;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;

/**
 * Tells who waits for somebody to type something, as {@code System.in.read()} in a main
 * method does that keeps the process alive. A child process and a file are read in the
 * same way, and that is work.
 */
final class StandardInput {

	/**
	 * What the JVM itself calls its standard input, since Java 25 at the latest.
	 */
	private static final String STREAM = "java.lang.System$In";

	private StandardInput() {
	}

	/**
	 * Returns whether a thread reads from the standard input.
	 * @param thread the thread
	 * @param frames its stack
	 * @return {@code false} if it does not, or that cannot be told, as on Java 21
	 */
	static boolean isReadBy(Thread thread, StackTraceElement[] frames) {
		boolean reads = frames.length > 0 && frames[0].isNativeMethod()
				&& frames[0].getClassName().equals("java.io.FileInputStream");
		return reads && (Arrays.stream(frames).anyMatch((frame) -> frame.getClassName().equals(STREAM))
				|| holds(thread, System.in));
	}

	private static boolean holds(Thread thread, Object monitor) {
		try {
			ThreadInfo[] infos = ManagementFactory.getThreadMXBean()
				.getThreadInfo(new long[] { thread.getId() }, true, false);
			return infos[0] != null && Arrays.stream(infos[0].getLockedMonitors())
				.anyMatch((locked) -> locked.getIdentityHashCode() == System.identityHashCode(monitor));
		}
		catch (RuntimeException | LinkageError ex) {
			// Without the module java.management
			return false;
		}
	}

}
