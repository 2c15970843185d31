package io.github.gracefulboot.web.tomcat;

import java.time.Duration;
import java.util.Arrays;

/**
 * Counts the threads on which Tomcat throws away the rest of a request that was answered
 * before it had been read. The client may never send that rest.
 */
final class SwallowingThreads {

	private static final long NANOS_BETWEEN_LOOKS = Duration.ofMillis(50).toNanos();

	private long count;

	private long latest = System.nanoTime() - NANOS_BETWEEN_LOOKS;

	/**
	 * Returns how many there are. The stacks of all threads are read at most every 50 ms.
	 * @return the number
	 */
	synchronized long count() {
		long now = System.nanoTime();
		if (now - this.latest >= NANOS_BETWEEN_LOOKS) {
			this.latest = now;
			this.count = Thread.getAllStackTraces().values().stream().filter(SwallowingThreads::isSwallowing).count();
		}
		return this.count;
	}

	private static boolean isSwallowing(StackTraceElement[] stack) {
		return Arrays.stream(stack)
			.anyMatch((frame) -> frame.getMethodName().equals("endRequest")
					&& frame.getClassName().equals("org.apache.coyote.http11.Http11InputBuffer"));
	}

}
