package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.Lifecycle;
import org.springframework.context.LifecycleProcessor;
import org.springframework.context.Phased;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;

/**
 * Fits the phases of Spring's lifecycle into the budget, so that its timeout for each
 * phase neither cuts a wait of ours short nor adds to the budget. Has no effect with a
 * lifecycle processor that is not Spring's default one.
 *
 * @since 0.1.0
 */
public final class LifecyclePhases {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Duration springsTimeout;

	private final Set<Integer> limited = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the phases.
	 * @param beanFactory holds the lifecycle beans
	 * @param springsTimeout the time that Spring gives each phase
	 */
	LifecyclePhases(ConfigurableListableBeanFactory beanFactory, Duration springsTimeout) {
		this.beanFactory = beanFactory;
		this.springsTimeout = springsTimeout;
	}

	/**
	 * Sets the time that a phase may take when the context closes.
	 * @param phase the phase
	 * @param timeout the longest time, rounded up to milliseconds
	 */
	public void limit(int phase, Duration timeout) {
		this.limited.add(phase);
		set(phase, timeout);
	}

	/**
	 * Sets the time that each other phase may take at the most. One that hangs is left
	 * behind then, and the beans can still be destroyed.
	 * @param timeout the longest time
	 */
	void limitAll(Duration timeout) {
		if (timeout.compareTo(this.springsTimeout) < 0) {
			for (String name : this.beanFactory.getBeanNamesForType(Lifecycle.class, false, false)) {
				int phase = phaseOf(this.beanFactory.getSingleton(name));
				if (!this.limited.contains(phase)) {
					set(phase, timeout);
				}
			}
		}
	}

	/**
	 * Returns the lifecycle beans that exist, in the order in which they are stopped.
	 * @return the names of the beans by their phase, the highest first
	 */
	SortedMap<Integer, List<String>> beans() {
		SortedMap<Integer, List<String>> beans = new TreeMap<>(Comparator.reverseOrder());
		for (String name : this.beanFactory.getBeanNamesForType(Lifecycle.class, false, false)) {
			if (this.beanFactory.getSingleton(BeanFactoryUtils.transformedBeanName(name)) instanceof Lifecycle lifecycle
					&& !(lifecycle instanceof LifecycleProcessor) && !(lifecycle instanceof ReleaseLifecycle)) {
				beans.computeIfAbsent(phaseOf(lifecycle), (phase) -> new ArrayList<>()).add(name);
			}
		}
		return beans;
	}

	private static int phaseOf(@Nullable Object bean) {
		return (bean instanceof Phased phased) ? phased.getPhase() : 0;
	}

	private void set(int phase, Duration timeout) {
		String name = AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME;
		if (this.beanFactory.containsBean(name)
				&& this.beanFactory.getBean(name) instanceof DefaultLifecycleProcessor processor) {
			processor.setTimeoutForShutdownPhase(phase, timeout.toMillis() + 1);
		}
	}

}
