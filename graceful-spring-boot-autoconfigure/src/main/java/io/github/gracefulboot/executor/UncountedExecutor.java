package io.github.gracefulboot.executor;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;

import io.github.gracefulboot.ActiveTask;
import org.jspecify.annotations.Nullable;

/**
 * An executor of the JDK that tells nothing but that it has terminated, so that it has to
 * take no more work to be waited for. One that schedules would not terminate before its
 * latest task is due: it is done when it has got to a task that was submitted last.
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
				? List.of(new ActiveTask("tasks of " + this.name + ", which does not tell them", null, null))
				: List.of();
	}

	@Override
	public void cutOff() {
		this.executor.shutdownNow();
	}

}
