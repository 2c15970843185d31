package io.github.gracefulboot.executor;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;

import io.github.gracefulboot.ActiveTask;
import org.jspecify.annotations.Nullable;

/**
 * An executor of the JDK that reports only its termination, so that it has to refuse
 * tasks before it can be waited for. As a scheduler does not terminate before its latest
 * task is due, it is considered done when it has run a task that was submitted last.
 */
final class UncountedExecutor implements DrainableExecutor {

	private final String name;

	private final ExecutorService executor;

	private volatile @Nullable Future<?> last;

	UncountedExecutor(String name, ExecutorService executor) {
		this.name = name;
		this.executor = executor;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public void refuseWork() {
		if (this.executor.isShutdown()) {
			return;
		}
		if (this.executor instanceof ScheduledExecutorService) {
			this.last = this.executor.submit(() -> {
			});
		}
		this.executor.shutdown();
	}

	@Override
	public boolean isIdle() {
		Future<?> last = this.last;
		if (last != null && last.isDone()) {
			this.executor.shutdownNow();
		}
		return this.executor.isTerminated();
	}

	@Override
	public Collection<ActiveTask> activeTasks(boolean named) {
		return (this.executor.isShutdown() && !isIdle())
				? List.of(new ActiveTask("tasks of " + this.name + " (number unknown)", null, null)) : List.of();
	}

	@Override
	public void cutOff() {
		this.executor.shutdownNow();
	}

}
