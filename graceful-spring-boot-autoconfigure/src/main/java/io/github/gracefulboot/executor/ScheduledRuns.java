package io.github.gracefulboot.executor;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

import io.github.gracefulboot.ActiveTask;

import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;
import org.springframework.scheduling.config.TaskExecutionOutcome;
import org.springframework.scheduling.config.TaskExecutionOutcome.Status;

/**
 * The runs of scheduled methods that have begun, on whatever scheduler: it need not be a
 * bean.
 */
final class ScheduledRuns implements DrainableExecutor {

	private final List<ScheduledTaskHolder> holders;

	ScheduledRuns(List<ScheduledTaskHolder> holders) {
		this.holders = holders;
	}

	@Override
	public String name() {
		return "scheduled methods";
	}

	@Override
	public long completed() {
		return 0;
	}

	@Override
	public long inHand() {
		return running().count();
	}

	@Override
	public boolean runsSince(long nanoTime) {
		// No schedule goes on, so that none of them is a follow-up
		return inHand() > 0;
	}

	@Override
	public Collection<ActiveTask> activeTasks(boolean named) {
		return running()
			.map((task) -> new ActiveTask("scheduled " + task, Duration.between(begin(task), Instant.now()), null))
			.toList();
	}

	private Stream<ScheduledTask> running() {
		return this.holders.stream()
			.flatMap((holder) -> holder.getScheduledTasks().stream())
			.filter((task) -> outcome(task).status() == Status.STARTED);
	}

	private static Instant begin(ScheduledTask task) {
		Instant begin = outcome(task).executionTime();
		return (begin != null) ? begin : Instant.now();
	}

	private static TaskExecutionOutcome outcome(ScheduledTask task) {
		return task.getTask().getLastExecutionOutcome();
	}

}
