package io.github.gracefulboot.executor;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The same for a scheduler. What is due later counts only while it runs.
 */
final class CountingScheduledExecutorService extends CountingExecutorService implements ScheduledExecutorService {

	private final ScheduledExecutorService delegate;

	private final Set<Future<?>> periodic = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	CountingScheduledExecutorService(ScheduledExecutorService delegate) {
		super(delegate);
		this.delegate = delegate;
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
		return this.delegate.schedule(count().whileRunning(task), delay, unit);
	}

	@Override
	public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
		return this.delegate.schedule(count().whileRunning(task), delay, unit);
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
		return repeating(this.delegate.scheduleAtFixedRate(count().whileRunning(task), initialDelay, period, unit));
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
		return repeating(this.delegate.scheduleWithFixedDelay(count().whileRunning(task), initialDelay, delay, unit));
	}

	private ScheduledFuture<?> repeating(ScheduledFuture<?> future) {
		this.periodic.add(future);
		return future;
	}

	void stopSchedules() {
		List<Future<?>> periodic;
		synchronized (this.periodic) {
			periodic = List.copyOf(this.periodic);
			this.periodic.clear();
		}
		periodic.forEach((future) -> future.cancel(false));
	}

	/**
	 * Submits a task that is not counted, and which runs after all that are due.
	 * @return completes when all of them have begun
	 */
	Future<?> afterThoseThatAreDue() {
		return this.delegate.submit(() -> {
		});
	}

}
