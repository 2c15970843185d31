package io.github.gracefulboot;

import java.time.Duration;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * A piece of work that a shutdown waits for.
 *
 * @param description what it is, such as {@code POST /orders} or the name of a listener
 * @param age how long it has been going on, or {@code null} if that is not known
 * @param thread the thread that works on it, or {@code null} if there is none at the
 * moment or it is not known
 * @since 0.1.0
 */
public record ActiveTask(String description, @Nullable Duration age, @Nullable Thread thread) {

	/**
	 * Describes the task in a line, such as {@code POST /orders for 1.2 s on thread
	 * http-nio-8080-exec-3}.
	 */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder(this.description);
		if (this.age != null) {
			text.append(String.format(Locale.ROOT, " for %.1f s", this.age.toMillis() / 1e3));
		}
		if (this.thread != null) {
			text.append(" on thread ").append(this.thread.getName());
		}
		return text.toString();
	}

}
