package io.github.gracefulboot.executor;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.LongAdder;

import io.github.gracefulboot.ActiveTask;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the tasks of an executor that creates a thread, virtual or not, for each. A task
 * counts as soon as its thread is created, so that none is missed between its submission
 * and its start.
 */
final class TaskThreads implements ThreadFactory {

	/**
	 * Longer than from the creation of a thread to its start.
	 */
	private static final long UNTIL_STARTED = Duration.ofSeconds(1).toNanos();

	private final ThreadFactory delegate;

	/**
	 * The two threads on which a scheduler of this kind waits for its next trigger.
	 */
	private final WorkerThreads schedulerThreads;

	private final Map<Runnable, Task> tasks = new ConcurrentHashMap<>();

	private final LongAdder ended = new LongAdder();

	TaskThreads(ThreadFactory delegate) {
		this.delegate = delegate;
		this.schedulerThreads = new WorkerThreads(delegate);
	}

	@Override
	public @Nullable Thread newThread(Runnable task) {
		if (task.getClass().getName().equals(WorkerThreads.WORKER)) {
			return this.schedulerThreads.newThread(task);
		}
		Runnable tracked = new Runnable() {

			@Override
			public void run() {
				try {
					task.run();
				}
				finally {
					TaskThreads.this.tasks.remove(this);
					TaskThreads.this.ended.increment();
				}
			}

		};
		Thread thread = this.delegate.newThread(tracked);
		if (thread != null) {
			this.tasks.put(tracked, new Task(thread, System.nanoTime()));
		}
		return thread;
	}

	long ended() {
		return this.ended.sum();
	}

	int inHand() {
		return tasks().size();
	}

	boolean runsSince(long nanoTime) {
		return tasks().stream().anyMatch((task) -> task.since - nanoTime <= 0);
	}

	List<Thread> runningSchedules() {
		return this.schedulerThreads.running();
	}

	List<ActiveTask> activeTasks(String description) {
		long now = System.nanoTime();
		return tasks().stream()
			.sorted((a, b) -> Long.compare(a.since - b.since, 0))
			.map((task) -> new ActiveTask(description, Duration.ofNanos(now - task.since), task.thread))
			.toList();
	}

	/**
	 * Returns the tasks whose threads run, or are about to: where the system had no
	 * thread left, one was never started.
	 */
	private Collection<Task> tasks() {
		long now = System.nanoTime();
		this.tasks.values().removeIf((task) -> task.isLost(now));
		return this.tasks.values();
	}

	private record Task(Thread thread, long since) {

		private boolean isLost(long now) {
			return this.thread.getState() == Thread.State.NEW && now - this.since > UNTIL_STARTED;
		}

	}

}
