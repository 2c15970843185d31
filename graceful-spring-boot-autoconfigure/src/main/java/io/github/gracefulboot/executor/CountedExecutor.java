package io.github.gracefulboot.executor;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

import io.github.gracefulboot.ActiveTask;
import org.jspecify.annotations.Nullable;

/**
 * An executor whose tasks are counted from outside.
 */
final class CountedExecutor implements DrainableExecutor {

	/**
	 * How long a task may be queued while none is running.
	 */
	private static final long BEFORE_LOST_NANOS = 2_000_000_000;

	private final String name;

	private final TaskCount count;

	private final @Nullable CountingExecutorService executor;

	private volatile @Nullable Future<?> due;

	private long lastSeen = -1;

	private long unchangedSince;

	CountedExecutor(String name, TaskCount count, @Nullable CountingExecutorService executor) {
		this.name = name;
		this.count = count;
		this.executor = executor;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public boolean schedules() {
		return this.executor instanceof CountingScheduledExecutorService;
	}

	@Override
	public void stopSchedules() {
		if (this.executor instanceof CountingScheduledExecutorService scheduler) {
			scheduler.stopSchedules();
		}
	}

	@Override
	public boolean isIdle() {
		if (this.executor != null && this.executor.isTerminated()) {
			return true;
		}
		return (this.count.inHand() == 0 || hasLostTasks()) && nothingIsDue();
	}

	/**
	 * Returns whether the tasks that are queued will not run, as their executor has
	 * dropped them.
	 * @return whether none runs and none has begun for some time
	 */
	private synchronized boolean hasLostTasks() {
		long seen = this.count.submitted() + this.count.ended();
		if (this.count.isRunning() || seen != this.lastSeen) {
			this.lastSeen = seen;
			this.unchangedSince = System.nanoTime();
		}
		return System.nanoTime() - this.unchangedSince >= BEFORE_LOST_NANOS;
	}

	/**
	 * Returns whether a scheduler has begun all tasks that are due, which it does in
	 * their order. The answer is known only at the next look.
	 * @return whether no task is queued that is due
	 */
	private boolean nothingIsDue() {
		if (!(this.executor instanceof CountingScheduledExecutorService scheduler)) {
			return true;
		}
		Future<?> due = this.due;
		if (due != null && !due.isDone()) {
			return false;
		}
		try {
			this.due = scheduler.afterThoseThatAreDue();
		}
		catch (RejectedExecutionException ex) {
			return true;
		}
		return due != null;
	}

	@Override
	public long completed() {
		return this.count.ended();
	}

	@Override
	public long inHand() {
		return this.count.inHand();
	}

	@Override
	public boolean runsSince(long nanoTime) {
		return this.count.runsSince(nanoTime);
	}

	@Override
	public Collection<ActiveTask> activeTasks(boolean named) {
		List<ActiveTask> tasks = new ArrayList<>(this.count.activeTasks("task of " + this.name));
		long queued = this.count.inHand() - tasks.size();
		if (queued > 0 && !hasLostTasks()) {
			tasks.add(new ActiveTask(queued + " queued in " + this.name, null, null));
		}
		return tasks;
	}

	@Override
	public void cutOff() {
		if (this.executor != null) {
			this.executor.shutdownNow();
		}
	}

}
