package io.github.gracefulboot.background;

import java.util.List;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.shutdown.BusyThread;

/**
 * A thread that is at work.
 *
 * @param thread the thread
 * @param place where it is at work
 * @param task what it is busy with
 * @param frames its stack
 * @param loop whether it comes back to the same pause again and again, which is no work
 * as a rule
 * @param mayReturn whether it has begun since the service became ready and returns some
 * time, so that it may be work that goes step by step
 */
record ThreadAtWork(Thread thread, Place place, String task, StackTraceElement[] frames, boolean loop,
		boolean mayReturn) {

	ActiveTask toTask() {
		return new ActiveTask(description(), null, this.thread);
	}

	BusyThread toBusyThread() {
		return new BusyThread(this.thread.getId(), this.thread.getName(), false, description(), List.of(this.frames));
	}

	private String description() {
		return this.task.isEmpty() ? "background task" : this.task;
	}

}
