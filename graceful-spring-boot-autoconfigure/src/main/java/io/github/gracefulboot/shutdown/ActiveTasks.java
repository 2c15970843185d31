package io.github.gracefulboot.shutdown;

import java.util.Collection;
import java.util.stream.Collectors;

import io.github.gracefulboot.traffic.Printable;

/**
 * Describes several tasks, or what became of them, in a line.
 */
public final class ActiveTasks {

	private ActiveTasks() {
	}

	/**
	 * Describes tasks.
	 * @param tasks the tasks
	 * @param atMost how many of them to describe. The others are counted.
	 * @return the tasks, separated by semicolons
	 */
	public static String describe(Collection<?> tasks, int atMost) {
		String described = tasks.stream()
			.limit(atMost)
			.map((task) -> Printable.line(task.toString()))
			.collect(Collectors.joining("; "));
		return (tasks.size() > atMost) ? described + "; and " + (tasks.size() - atMost) + " more" : described;
	}

}
