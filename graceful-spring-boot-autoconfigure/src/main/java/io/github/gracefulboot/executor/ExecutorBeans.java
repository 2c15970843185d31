package io.github.gracefulboot.executor;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.gracefulboot.shutdown.ExistingBeans;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.log.LogMessage;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/**
 * Finds the executors that do the work of existing beans, and of the infrastructure of
 * Spring that has been given some that are no beans.
 */
final class ExecutorBeans {

	private static final Log logger = LogFactory.getLog(ExecutorBeans.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final ThreadsPostProcessor threads;

	private final Set<String> excluded;

	/**
	 * The subscriptions of scheduled methods that were there when the service became
	 * ready.
	 */
	private final Set<Object> subscriptionsWhenReady = Collections
		.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	ExecutorBeans(ConfigurableListableBeanFactory beanFactory, ThreadsPostProcessor threads, Set<String> excluded) {
		this.beanFactory = beanFactory;
		this.threads = threads;
		this.excluded = excluded;
	}

	/**
	 * Returns the executors to drain.
	 * @return the executors, without duplicates
	 */
	List<DrainableExecutor> find() {
		Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		excluded().forEach((name) -> inspect(name, this.beanFactory.getBean(name)).workers()
			.forEach((worker) -> seen.add(worker.executor())));
		List<DrainableExecutor> executors = new ArrayList<>();
		names().filter(Predicate.not(this.excluded::contains))
			.forEach((name) -> add(name, inspect(name, this.beanFactory.getBean(name)), seen, executors));
		this.threads.others().forEach((name, holder) -> {
			if (!this.excluded.contains(name)) {
				add(name, inspect(name, holder), seen, executors);
			}
		});
		if (excluded().stream().noneMatch(this::isScheduler)) {
			List<ScheduledTaskHolder> holders = scheduledTasks();
			if (!holders.isEmpty()) {
				executors.add(new ScheduledRuns(holders, this.subscriptionsWhenReady));
			}
		}
		return executors;
	}

	/**
	 * Remembers to what scheduled methods have subscribed, which goes on for as long as
	 * the process lives if it is there when the service becomes ready.
	 */
	void rememberSubscriptions() {
		new ScheduledRuns(scheduledTasks(), Set.of())
			.forEachSubscription((bean, subscription) -> this.subscriptionsWhenReady.add(subscription));
	}

	private static void add(String name, ExecutorInspection inspection, Set<Object> seen,
			List<DrainableExecutor> executors) {
		for (ExecutorInspection.Worker worker : inspection.workers()) {
			DrainableExecutor drainable = seen.add(worker.executor()) ? worker.drainable().apply(name) : null;
			if (drainable != null) {
				executors.add(drainable);
			}
		}
	}

	private static ExecutorInspection inspect(String name, Object bean) {
		ExecutorInspection inspection = new ExecutorInspection();
		try {
			if (bean instanceof Executor) {
				inspection.inspect(bean);
			}
			else {
				inspection.inspectFieldsOf(bean);
			}
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug(LogMessage.format("Could not look into executor %s", name), ex);
		}
		return inspection;
	}

	/**
	 * Returns the executors that are left to Spring by configuration.
	 * @return the names of the beans
	 */
	List<String> excluded() {
		return names().filter(this.excluded::contains).toList();
	}

	/**
	 * Describes executors of which nothing is known.
	 * @param names the names of the beans
	 * @return the names with the classes of those that are not excluded
	 */
	String describe(Collection<String> names) {
		return names.stream()
			.filter(Predicate.not(this.excluded::contains))
			.sorted()
			.map((name) -> name + " (" + this.threads.outOfReach(name) + ")")
			.collect(Collectors.joining(", "));
	}

	/**
	 * Returns the holders of scheduled tasks.
	 * @return the holders
	 */
	List<ScheduledTaskHolder> scheduledTasks() {
		return List.copyOf(new ExistingBeans(this.beanFactory).ofType(ScheduledTaskHolder.class).values());
	}

	private boolean isScheduler(String name) {
		return this.beanFactory.isTypeMatch(name, TaskScheduler.class)
				|| this.beanFactory.isTypeMatch(name, ScheduledExecutorService.class);
	}

	private Stream<String> names() {
		return Stream.of(this.beanFactory.getBeanNamesForType(Executor.class, false, false))
			.filter(new ExistingBeans(this.beanFactory)::exists);
	}

}
