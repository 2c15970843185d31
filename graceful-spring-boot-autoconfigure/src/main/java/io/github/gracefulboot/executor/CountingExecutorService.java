package io.github.gracefulboot.executor;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Stands for an executor of the JDK whose class is not public and which tells nothing of
 * its tasks, such as one with a virtual thread for each.
 */
class CountingExecutorService extends AbstractExecutorService {

	private final ExecutorService delegate;

	private final TaskCount count = new TaskCount();

	CountingExecutorService(ExecutorService delegate) {
		this.delegate = delegate;
	}

	final TaskCount count() {
		return this.count;
	}

	@Override
	public final void execute(Runnable task) {
		this.count.execute(this.delegate, task);
	}

	@Override
	public final void shutdown() {
		this.delegate.shutdown();
	}

	@Override
	public final List<Runnable> shutdownNow() {
		return this.delegate.shutdownNow().stream().map(this.count::dropped).toList();
	}

	@Override
	public final boolean isShutdown() {
		return this.delegate.isShutdown();
	}

	@Override
	public final boolean isTerminated() {
		return this.delegate.isTerminated();
	}

	@Override
	public final boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
		return this.delegate.awaitTermination(timeout, unit);
	}

	@Override
	public final String toString() {
		return this.delegate.toString();
	}

}
