package io.github.gracefulboot;

import java.time.Duration;
import java.util.Collection;
import java.util.stream.Collectors;

import io.github.gracefulboot.shutdown.Durations;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is still being done and that the stop waits for.
 *
 * @param description what it is, such as {@code POST /orders} or the name of a listener
 * @param age how long it has been going on, or {@code null} if that is not known
 * @param thread the thread that does it, or {@code null} if there is none just now or it
 * is not known
 * @since 0.1.0
 */
public record ActiveTask(String description, @Nullable Duration age, @Nullable Thread thread) {

	/**
	 * Describes several tasks in a line.
	 * @param tasks the tasks
	 * @param atMost how many of them to describe. The others are counted.
	 * @return the tasks, separated by semicolons
	 */
	public static String describe(Collection<ActiveTask> tasks, int atMost) {
		String described = tasks.stream().limit(atMost).map(ActiveTask::toString).collect(Collectors.joining("; "));
		return (tasks.size() > atMost) ? described + "; and " + (tasks.size() - atMost) + " more" : described;
	}

	/**
	 * Describes the task in a line, such as {@code POST /orders for 1.20 s on thread
	 * http-nio-8080-exec-3}.
	 */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder(this.description);
		if (this.age != null) {
			text.append(" for ").append(Durations.text(this.age));
		}
		if (this.thread != null) {
			text.append(" on thread ").append(this.thread.getName());
		}
		return text.toString();
	}

}
