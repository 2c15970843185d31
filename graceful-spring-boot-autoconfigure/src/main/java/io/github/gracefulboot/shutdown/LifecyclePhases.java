package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

import io.github.gracefulboot.Deadline;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
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
 */
public final class LifecyclePhases {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Duration springsTimeout;

	private final Supplier<List<Limit>> limits;

	/**
	 * Creates the phases.
	 * @param beanFactory holds the lifecycle beans
	 * @param springsTimeout the time that Spring gives each phase
	 * @param limits what is known of single phases
	 */
	LifecyclePhases(ConfigurableListableBeanFactory beanFactory, Duration springsTimeout,
			Supplier<List<Limit>> limits) {
		this.beanFactory = beanFactory;
		this.springsTimeout = springsTimeout;
		this.limits = limits;
	}

	/**
	 * Sets the time that each phase may take at the most, when the context begins to stop
	 * its lifecycle beans. One that hangs is left behind then, and the beans can still be
	 * destroyed.
	 * @param release when lifecycle beans have to have stopped
	 * @param shutdown when the whole shutdown has to be over
	 */
	void fitInto(Deadline release, Deadline shutdown) {
		if (!(this.beanFactory.getSingleton(
				AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME) instanceof DefaultLifecycleProcessor processor)) {
			return;
		}
		for (int phase : beans().keySet()) {
			if (release.remaining().compareTo(timeout(processor, phase)) < 0) {
				limit(processor, phase, release.remaining());
			}
		}
		for (Limit limit : this.limits.get()) {
			Duration timeout = limit.timeout(release);
			if (timeout != null) {
				limit(processor, limit.phase(), timeout);
			}
		}
		limit(processor, ShutdownPhase.DRAIN, shutdown.remaining());
		limit(processor, ShutdownPhase.RELEASE, shutdown.remaining());
	}

	/**
	 * Returns what a phase may take by itself. The processor does not tell, but it may be
	 * the application's own.
	 */
	private Duration timeout(DefaultLifecycleProcessor processor, int phase) {
		try {
			DirectFieldAccessor fields = new DirectFieldAccessor(processor);
			Object ofPhase = fields.getPropertyValue("timeoutsForShutdownPhases[" + phase + "]");
			Object ofAll = fields.getPropertyValue("timeoutPerShutdownPhase");
			return (((ofPhase != null) ? ofPhase : ofAll) instanceof Long millis) ? Duration.ofMillis(millis)
					: this.springsTimeout;
		}
		catch (BeansException ex) {
			return this.springsTimeout;
		}
	}

	private static void limit(DefaultLifecycleProcessor processor, int phase, Duration timeout) {
		processor.setTimeoutForShutdownPhase(phase, timeout.toMillis() + 1);
	}

	/**
	 * Returns the lifecycle beans that exist, in the order in which they are stopped.
	 * @return the names of the beans by their phase, the highest first
	 */
	SortedMap<Integer, List<String>> beans() {
		SortedMap<Integer, List<String>> beans = new TreeMap<>(Comparator.reverseOrder());
		for (String name : this.beanFactory.getBeanNamesForType(Lifecycle.class, false, false)) {
			if (this.beanFactory.getSingleton(BeanFactoryUtils.transformedBeanName(name)) instanceof Lifecycle lifecycle
					&& !(lifecycle instanceof LifecycleProcessor) && !(lifecycle instanceof ShutdownPhase)) {
				beans.computeIfAbsent(phaseOf(lifecycle), (phase) -> new ArrayList<>()).add(name);
			}
		}
		return beans;
	}

	private static int phaseOf(@Nullable Object bean) {
		return (bean instanceof Phased phased) ? phased.getPhase() : 0;
	}

	/**
	 * The time that one phase may take, where a participant has done its work already.
	 */
	public interface Limit {

		/**
		 * Returns the phase.
		 * @return the phase of the lifecycle
		 */
		int phase();

		/**
		 * Returns the longest time that it may take.
		 * @param release when lifecycle beans have to have stopped
		 * @return the time, rounded up to milliseconds, or {@code null} to leave it to
		 * Spring
		 */
		@Nullable Duration timeout(Deadline release);

	}

}
