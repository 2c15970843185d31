package io.github.gracefulboot.shutdown;

import java.util.List;

/**
 * A thread that is at work.
 *
 * @param id the id of the thread
 * @param name its name or, as most virtual threads have none, {@code #} and its id
 * @param virtual whether it is a virtual thread
 * @param task what it is busy with, such as {@code com.example.Orders.export}
 * @param stack where it is, the innermost frame first
 */
public record BusyThread(long id, String name, boolean virtual, String task, List<StackTraceElement> stack) {

	/**
	 * Returns the class whose code is its task.
	 * @return the name of the class
	 */
	String type() {
		return this.task.contains(".") ? this.task.substring(0, this.task.lastIndexOf('.')) : this.task;
	}

	/**
	 * Describes it, such as {@code thread export-1 (com.example.Orders.export)}.
	 */
	@Override
	public String toString() {
		return "%s %s (%s)".formatted(this.virtual ? "virtual thread" : "thread", this.name, this.task);
	}

}
