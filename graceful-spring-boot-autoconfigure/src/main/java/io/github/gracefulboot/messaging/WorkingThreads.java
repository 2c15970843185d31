package io.github.gracefulboot.messaging;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.github.gracefulboot.ActiveTask;

/**
 * Finds the threads that work for a container which does not tell them, among those that
 * the virtual machine lists. Virtual threads are not listed.
 *
 * @since 0.1.0
 */
public final class WorkingThreads {

	private WorkingThreads() {
	}

	/**
	 * Describes what the threads are doing that run code of one of a container's classes.
	 * @param description what they do
	 * @param threadName tells the threads of this container by their names
	 * @param className the class whose code, or the code of whose inner classes, they run
	 * @return a task for each such thread, or a task without one
	 */
	public static Collection<ActiveTask> tasks(String description, Predicate<String> threadName, String className) {
		List<ActiveTask> tasks = Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((entry) -> threadName.test(entry.getKey().getName()) && runs(className, entry))
			.map((entry) -> new ActiveTask(description, null, entry.getKey()))
			.toList();
		return tasks.isEmpty() ? List.of(new ActiveTask(description, null, null)) : tasks;
	}

	private static boolean runs(String className, Map.Entry<Thread, StackTraceElement[]> thread) {
		return Arrays.stream(thread.getValue())
			.map(StackTraceElement::getClassName)
			.anyMatch((running) -> running.equals(className) || running.startsWith(className + "$"));
	}

}
