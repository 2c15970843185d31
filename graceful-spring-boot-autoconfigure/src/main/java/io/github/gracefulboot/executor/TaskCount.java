package io.github.gracefulboot.executor;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

import io.github.gracefulboot.ActiveTask;
import org.jspecify.annotations.Nullable;

/**
 * Counts from outside the tasks of an executor that tells nothing of them, from their
 * submission on.
 */
final class TaskCount {

	private final LongAdder submitted = new LongAdder();

	private final LongAdder ended = new LongAdder();

	private final Map<Counted, Running> running = new ConcurrentHashMap<>();

	/**
	 * Submits a task.
	 * @param executor what runs it
	 * @param task the task
	 */
	void execute(Executor executor, Runnable task) {
		Objects.requireNonNull(task);
		Counted counted = (task instanceof Comparable<?>) ? new ComparableCounted(task) : new Counted(task);
		this.submitted.increment();
		try {
			executor.execute(counted);
		}
		catch (RuntimeException | Error ex) {
			// A task that its submitter has to run may fail, too
			if (!counted.begun) {
				this.ended.increment();
			}
			throw ex;
		}
	}

	/**
	 * Returns a task that counts while it runs.
	 * @param task a task that is due later
	 * @return the task
	 */
	Runnable whileRunning(Runnable task) {
		Objects.requireNonNull(task);
		return () -> execute(Runnable::run, task);
	}

	/**
	 * Returns a task that counts while it runs.
	 * @param task a task that is due later
	 * @param <V> the type of its result
	 * @return the task
	 */
	<V> Callable<V> whileRunning(Callable<V> task) {
		Objects.requireNonNull(task);
		return () -> {
			Counted counted = new Counted(() -> {
			});
			this.submitted.increment();
			try {
				begin(counted);
				return task.call();
			}
			finally {
				end(counted);
			}
		};
	}

	/**
	 * Returns the task that was counted, which is never going to run.
	 * @param task a task that its executor has dropped
	 * @return the task as it was submitted
	 */
	Runnable dropped(Runnable task) {
		if (task instanceof Counted counted) {
			this.ended.increment();
			return counted.task;
		}
		return task;
	}

	private void begin(Counted task) {
		task.begun = true;
		this.running.put(task, new Running(Thread.currentThread(), System.nanoTime()));
	}

	private void end(Counted task) {
		this.running.remove(task);
		this.ended.increment();
	}

	long submitted() {
		return this.submitted.sum();
	}

	long ended() {
		return this.ended.sum();
	}

	/**
	 * Returns the number of tasks that are running or queued.
	 * @return the number
	 */
	long inHand() {
		// In this order, since another one may end in between
		long ended = this.ended.sum();
		return this.submitted.sum() - ended;
	}

	boolean isRunning() {
		return !this.running.isEmpty();
	}

	boolean runsSince(long nanoTime) {
		return this.running.values().stream().anyMatch((task) -> task.since - nanoTime <= 0);
	}

	List<ActiveTask> activeTasks(String description) {
		long now = System.nanoTime();
		return this.running.values()
			.stream()
			.sorted((a, b) -> Long.compare(a.since - b.since, 0))
			.map((task) -> new ActiveTask(description, Duration.ofNanos(now - task.since), task.thread))
			.toList();
	}

	private record Running(Thread thread, long since) {

	}

	private class Counted implements Runnable {

		private final Runnable task;

		private volatile boolean begun;

		Counted(Runnable task) {
			this.task = task;
		}

		@Override
		public void run() {
			try {
				begin(this);
				this.task.run();
			}
			finally {
				end(this);
			}
		}

		@Override
		public String toString() {
			return this.task.toString();
		}

	}

	/**
	 * For a queue that is ordered by priority.
	 */
	private final class ComparableCounted extends Counted implements Comparable<Object> {

		private final Comparable<Object> comparable;

		@SuppressWarnings("unchecked")
		ComparableCounted(Runnable task) {
			super(task);
			this.comparable = (Comparable<Object>) task;
		}

		@Override
		public int compareTo(@Nullable Object other) {
			return this.comparable.compareTo((other instanceof Counted counted) ? counted.task : other);
		}

	}

}
