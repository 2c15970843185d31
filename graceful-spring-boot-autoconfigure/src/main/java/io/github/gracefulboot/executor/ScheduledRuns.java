package io.github.gracefulboot.executor;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import io.github.gracefulboot.ActiveTask;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;
import org.springframework.scheduling.config.TaskExecutionOutcome;
import org.springframework.scheduling.config.TaskExecutionOutcome.Status;
import org.springframework.util.ClassUtils;

/**
 * The runs of scheduled methods that have begun, on whatever scheduler: it need not be a
 * bean. A run goes on with what the method has returned: Spring subscribes to a reactive
 * publisher, such as a {@code Mono}, without waiting for it.
 */
final class ScheduledRuns implements DrainableExecutor {

	/**
	 * Where Spring keeps, for each bean, what goes on. It tells nobody.
	 */
	private static final String SUBSCRIPTIONS = "reactiveSubscriptions";

	private final List<ScheduledTaskHolder> holders;

	private final Set<Object> loops;

	private final List<Map<?, ?>> subscriptions;

	/**
	 * Creates the view of the runs.
	 * @param holders know the scheduled methods
	 * @param loops the subscriptions to publishers that nobody has to wait for
	 */
	ScheduledRuns(List<ScheduledTaskHolder> holders, Set<Object> loops) {
		this.holders = holders;
		this.loops = loops;
		this.subscriptions = holders.stream().flatMap(ScheduledRuns::subscriptions).toList();
	}

	private static Stream<Map<?, ?>> subscriptions(ScheduledTaskHolder holder) {
		DirectFieldAccessor fields = new DirectFieldAccessor(holder);
		return (fields.isReadableProperty(SUBSCRIPTIONS)
				&& fields.getPropertyValue(SUBSCRIPTIONS) instanceof Map<?, ?> subscriptions) ? Stream.of(subscriptions)
						: Stream.empty();
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
		return activeTasks(false).size();
	}

	@Override
	public boolean runsSince(long nanoTime) {
		// No schedule goes on, so that none of them is a follow-up
		return inHand() > 0;
	}

	/**
	 * Returns the runs. A method whose publisher the scheduler waits for is one of them
	 * itself.
	 */
	@Override
	public Collection<ActiveTask> activeTasks(boolean named) {
		List<ActiveTask> tasks = running()
			.map((task) -> new ActiveTask("scheduled " + task, Duration.between(begin(task), Instant.now()), null))
			.toList();
		List<ActiveTask> publishers = publishers();
		return (publishers.size() > tasks.size())
				? Stream.concat(tasks.stream(), publishers.stream().skip(tasks.size())).toList() : tasks;
	}

	private List<ActiveTask> publishers() {
		List<ActiveTask> tasks = new ArrayList<>();
		forEachSubscription((bean, subscription) -> {
			if (!this.loops.contains(subscription)) {
				tasks.add(new ActiveTask(
						"publisher of a scheduled method of " + ClassUtils.getUserClass(bean).getName(), null, null));
			}
		});
		return tasks;
	}

	/**
	 * Passes on the subscriptions to publishers that scheduled methods have returned.
	 * @param action gets the bean of the method, and the subscription
	 */
	void forEachSubscription(BiConsumer<Object, Object> action) {
		for (Map<?, ?> subscriptions : this.subscriptions) {
			synchronized (subscriptions) {
				subscriptions.forEach((bean, active) -> ((Collection<?>) active)
					.forEach((subscription) -> action.accept(bean, subscription)));
			}
		}
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
