package io.github.gracefulboot.messaging;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.github.gracefulboot.ActiveTask;

/**
 * Finds the threads of containers that do not report them. Virtual threads are not found,
 * since the JVM shows them in a thread dump only.
 */
public final class WorkingThreads {

	private WorkingThreads() {
	}

	/**
	 * Describes the threads that run code of a container's class.
	 * @param description the description of the tasks
	 * @param threadName whether a thread belongs to the container by its name
	 * @param className the class whose code, including that of nested classes, the
	 * threads run
	 * @return a task for each such thread, or a task without a thread
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
