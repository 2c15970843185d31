package io.github.gracefulboot.background;

import io.github.gracefulboot.ActiveTask;

/**
 * A thread that is at work.
 *
 * @param thread the thread
 * @param place where it is at work
 * @param task what it is busy with
 */
record ThreadAtWork(Thread thread, Place place, String task) {

	ActiveTask toTask() {
		return new ActiveTask(this.task.isEmpty() ? "background task" : this.task, null, this.thread);
	}

}
