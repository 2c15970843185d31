package io.github.gracefulboot.executor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;

import io.github.gracefulboot.ActiveTask;

/**
 * A fork-join pool.
 */
final class ForkJoinExecutor implements DrainableExecutor {

	private final String name;

	private final ForkJoinPool pool;

	ForkJoinExecutor(String name, ForkJoinPool pool) {
		this.name = name;
		this.pool = pool;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public boolean isIdle() {
		return this.pool.isQuiescent() && !this.pool.hasQueuedSubmissions();
	}

	@Override
	public long completed() {
		return this.pool.getStealCount();
	}

	@Override
	public long inHand() {
		return this.pool.getActiveThreadCount() + this.pool.getQueuedTaskCount() + this.pool.getQueuedSubmissionCount();
	}

	@Override
	public Collection<ActiveTask> activeTasks(boolean named) {
		if (isIdle()) {
			return List.of();
		}
		List<ActiveTask> tasks = new ArrayList<>();
		if (named) {
			running().forEach((thread) -> tasks.add(new ActiveTask("task of " + this.name, null, thread)));
		}
		if (tasks.isEmpty()) {
			tasks.add(new ActiveTask("tasks of " + this.name, null, null));
		}
		long queued = this.pool.getQueuedSubmissionCount();
		if (queued > 0) {
			tasks.add(new ActiveTask(queued + " queued in " + this.name, null, null));
		}
		return tasks;
	}

	private List<Thread> running() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getKey() instanceof ForkJoinWorkerThread worker && worker.getPool() == this.pool)
			.filter((entry) -> Arrays.stream(entry.getValue())
				.noneMatch((frame) -> frame.getMethodName().equals("awaitWork")))
			.map(Map.Entry::getKey)
			.toList();
	}

	@Override
	public void cutOff() {
		// Has no effect on the common pool
		this.pool.shutdownNow();
	}

}
