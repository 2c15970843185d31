package io.github.gracefulboot.web.tomcat;

import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Tells when connections were last used. Tomcat notes that by the clock on the wall. When
 * that is set back, what was noted before lies in the future: it then counts from the
 * moment at which that was first seen.
 */
final class LastActivity {

	private final Map<Object, FutureNote> future = new WeakHashMap<>();

	/**
	 * Tells when a connection was last used.
	 * @param connection the connection
	 * @param noted when it was last used, as Tomcat noted it, in milliseconds
	 * @param nowMillis the {@link System#currentTimeMillis()} of this moment
	 * @param nowNanos the {@link System#nanoTime()} of this moment
	 * @return the time, as {@link System#nanoTime()} would have told it
	 */
	synchronized long of(Object connection, long noted, long nowMillis, long nowNanos) {
		if (noted <= nowMillis) {
			return nowNanos - TimeUnit.MILLISECONDS.toNanos(nowMillis - noted);
		}
		FutureNote known = this.future.get(connection);
		if (known == null || known.noted() != noted) {
			known = new FutureNote(noted, nowNanos);
			this.future.put(connection, known);
		}
		return known.seen();
	}

	/**
	 * A note that lies in the future.
	 *
	 * @param noted what Tomcat noted
	 * @param seen when that was first seen
	 */
	private record FutureNote(long noted, long seen) {

	}

}
