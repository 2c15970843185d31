package io.github.gracefulboot.executor;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/**
 * Finds executors among existing beans, including wrapped ones. Executors that only
 * Spring or their own library may shut down, such as the event loops of a client, are
 * ignored.
 */
final class ExecutorBeans {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Set<String> excluded;

	ExecutorBeans(ConfigurableListableBeanFactory beanFactory, Set<String> excluded) {
		this.beanFactory = beanFactory;
		this.excluded = excluded;
	}

	/**
	 * Returns the executors to drain.
	 * @return the executors, without duplicates
	 */
	List<DrainableExecutor> find() {
		Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		return names().filter(Predicate.not(this.excluded::contains))
			.map((name) -> drainable(name, this.beanFactory.getBean(name), seen))
			.filter(Objects::nonNull)
			.toList();
	}

	/**
	 * Returns the executors that are left to Spring by configuration.
	 * @return the names of the beans
	 */
	List<String> excluded() {
		return names().filter(this.excluded::contains).toList();
	}

	/**
	 * Returns the holders of scheduled tasks.
	 * @return the holders
	 */
	List<ScheduledTaskHolder> scheduledTasks() {
		return existing(ScheduledTaskHolder.class).map((name) -> (ScheduledTaskHolder) this.beanFactory.getBean(name))
			.toList();
	}

	private Stream<String> names() {
		return existing(Executor.class);
	}

	private Stream<String> existing(Class<?> type) {
		return Stream.of(this.beanFactory.getBeanNamesForType(type, false, false))
			.filter(this.beanFactory::containsSingleton);
	}

	private static @Nullable DrainableExecutor drainable(String name, Object bean, Set<Object> seen) {
		Object executor = unwrap(bean);
		if (!seen.add(executor)) {
			return null;
		}
		if (executor instanceof ThreadPoolExecutor pool) {
			return new PoolExecutor(name, pool,
					(AopProxyUtils.getSingletonTarget(bean) instanceof ExecutorConfigurationSupport spring) ? spring
							: (bean instanceof ExecutorConfigurationSupport self) ? self : null);
		}
		if (executor instanceof ForkJoinPool pool) {
			return new ForkJoinExecutor(name, pool);
		}
		if (executor instanceof SimpleAsyncTaskExecutor simple) {
			return (simple.getThreadFactory() instanceof TaskThreads threads) ? new ThreadPerTaskExecutor(name, threads,
					(simple instanceof SimpleAsyncTaskScheduler scheduler) ? scheduler : null) : null;
		}
		if (executor instanceof ExecutorService service && isOfTheJdk(service)) {
			return new UncountedExecutor(name, service);
		}
		return null;
	}

	private static boolean isOfTheJdk(ExecutorService executor) {
		return executor.getClass().getName().startsWith("java.util.concurrent.");
	}

	/**
	 * Returns the underlying executor of a bean.
	 * @param bean a bean
	 * @return the wrapped executor, or the bean itself
	 */
	static Object unwrap(Object bean) {
		Object target = AopProxyUtils.getSingletonTarget(bean);
		if (target != null) {
			return unwrap(target);
		}
		if (bean instanceof ThreadPoolTaskExecutor executor) {
			return executor.getThreadPoolExecutor();
		}
		if (bean instanceof ThreadPoolTaskScheduler scheduler) {
			return scheduler.getScheduledThreadPoolExecutor();
		}
		if (bean instanceof ConcurrentTaskExecutor wrapper) {
			return unwrap(wrapper.getConcurrentExecutor());
		}
		return bean;
	}

}
