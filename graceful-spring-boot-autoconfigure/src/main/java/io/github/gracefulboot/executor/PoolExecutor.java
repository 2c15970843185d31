package io.github.gracefulboot.executor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.ActiveTask;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/**
 * A thread pool, possibly with scheduled tasks. Tasks that are due later are not waited
 * for, and periodic tasks are cancelled.
 */
final class PoolExecutor implements DrainableExecutor {

	/**
	 * How many looks may find threads without a task awake. Those of a queue that does
	 * not block always are.
	 */
	private static final int MOST_AWAKE = 50;

	private final String name;

	private final ThreadPoolExecutor pool;

	private final @Nullable ExecutorConfigurationSupport spring;

	private int awake;

	PoolExecutor(String name, ThreadPoolExecutor pool, @Nullable ExecutorConfigurationSupport spring) {
		this.name = name;
		this.pool = pool;
		this.spring = spring;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public void stayOpen() {
		if (this.spring != null) {
			this.spring.setAcceptTasksAfterContextClose(true);
		}
	}

	@Override
	public void stopSchedules() {
		for (Runnable task : this.pool.getQueue()) {
			if (task instanceof RunnableScheduledFuture<?> scheduled && scheduled.isPeriodic()) {
				scheduled.cancel(false);
				this.pool.remove(task);
			}
		}
	}

	@Override
	public int dropQueued() {
		List<Runnable> dropped = queued().stream().filter(this.pool::remove).toList();
		for (Runnable task : dropped) {
			if (task instanceof Future<?> future) {
				future.cancel(false);
			}
		}
		return dropped.size();
	}

	@Override
	public boolean schedules() {
		return this.pool instanceof ScheduledExecutorService;
	}

	@Override
	public boolean isIdle() {
		if (this.pool.getActiveCount() > 0 || !queued().isEmpty()) {
			this.awake = 0;
			return false;
		}
		return !(this.pool.getThreadFactory() instanceof WorkerThreads threads && threads.isAnyAwake())
				|| ++this.awake > MOST_AWAKE;
	}

	@Override
	public long completed() {
		return this.pool.getCompletedTaskCount();
	}

	@Override
	public long inHand() {
		return this.pool.getActiveCount() + queued().size();
	}

	@Override
	public boolean refuseTasks() {
		if (this.spring == null) {
			return false;
		}
		this.spring.initiateShutdown();
		return true;
	}

	@Override
	public Duration terminationTimeout() {
		return (this.spring != null) ? TerminationTimeout.of(this.spring) : Duration.ZERO;
	}

	@Override
	public Collection<ActiveTask> activeTasks(boolean named) {
		List<ActiveTask> tasks = new ArrayList<>();
		int running = this.pool.getActiveCount();
		if (running > 0 && named && this.pool.getThreadFactory() instanceof WorkerThreads threads) {
			threads.running().forEach((thread) -> tasks.add(new ActiveTask("task of " + this.name, null, thread)));
		}
		while (tasks.size() < running) {
			tasks.add(new ActiveTask("task of " + this.name, null, null));
		}
		int queued = queued().size();
		if (queued > 0) {
			tasks.add(new ActiveTask(queued + " queued in " + this.name, null, null));
		}
		return tasks;
	}

	private List<Runnable> queued() {
		return this.pool.getQueue().stream().filter(PoolExecutor::isDue).toList();
	}

	private static boolean isDue(Runnable task) {
		if (task instanceof RunnableScheduledFuture<?> scheduled
				&& (scheduled.isPeriodic() || scheduled.getDelay(TimeUnit.NANOSECONDS) > 0)) {
			return false;
		}
		return !(task instanceof Future<?> future && future.isDone());
	}

	@Override
	public void cutOff() {
		if (this.spring != null) {
			this.spring.setAwaitTerminationMillis(0);
		}
		// While what the interrupted tasks use is still there
		this.pool.shutdownNow();
	}

}
