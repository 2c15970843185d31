package io.github.gracefulboot.executor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.gracefulboot.ActiveTask;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/**
 * Spring's executor with a thread, virtual or not, for each task, which does not
 * participate in the lifecycle; or the scheduler of this kind, which Spring pauses
 * without refusing tasks.
 */
final class ThreadPerTaskExecutor implements DrainableExecutor {

	private final String name;

	private final TaskThreads threads;

	private final @Nullable SimpleAsyncTaskExecutor spring;

	private final @Nullable SimpleAsyncTaskScheduler scheduler;

	private final AtomicBoolean pausing = new AtomicBoolean();

	private volatile boolean paused;

	ThreadPerTaskExecutor(String name, TaskThreads threads, @Nullable SimpleAsyncTaskExecutor spring) {
		this.name = name;
		this.threads = threads;
		this.spring = spring;
		this.scheduler = (spring instanceof SimpleAsyncTaskScheduler scheduling) ? scheduling : null;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public void stopSchedules() {
		if (this.scheduler != null && this.pausing.compareAndSet(false, true)) {
			this.scheduler.stop(() -> this.paused = true);
		}
	}

	@Override
	public boolean isIdle() {
		return this.threads.inHand() == 0 && (this.scheduler == null || this.paused);
	}

	@Override
	public boolean schedules() {
		return this.scheduler != null;
	}

	@Override
	public long completed() {
		return this.threads.ended();
	}

	@Override
	public long inHand() {
		return this.threads.inHand();
	}

	@Override
	public boolean runsSince(long nanoTime) {
		return this.threads.runsSince(nanoTime);
	}

	@Override
	public Duration terminationTimeout() {
		return (this.spring != null) ? TerminationTimeout.of(this.spring) : Duration.ZERO;
	}

	@Override
	public Collection<ActiveTask> activeTasks(boolean named) {
		List<ActiveTask> tasks = new ArrayList<>(this.threads.activeTasks("task of " + this.name));
		if (named && this.scheduler != null && !this.paused) {
			this.threads.runningSchedules()
				.forEach((thread) -> tasks.add(new ActiveTask("task of " + this.name, null, thread)));
		}
		return tasks;
	}

}
