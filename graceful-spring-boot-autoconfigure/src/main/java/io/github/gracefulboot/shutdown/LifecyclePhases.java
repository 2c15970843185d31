package io.github.gracefulboot.shutdown;

import java.time.Duration;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;

/**
 * Fits single phases of Spring's lifecycle into the budget, so that its own timeout for a
 * phase neither cuts a wait of ours short nor adds to the budget.
 *
 * @since 0.1.0
 */
public final class LifecyclePhases {

	private final BeanFactory beanFactory;

	LifecyclePhases(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Sets the time that a phase may take when the context closes. Has no effect with a
	 * lifecycle processor that is not Spring's default one.
	 * @param phase the phase
	 * @param timeout the longest time, rounded up to milliseconds
	 */
	public void limit(int phase, Duration timeout) {
		String name = AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME;
		if (this.beanFactory.containsBean(name)
				&& this.beanFactory.getBean(name) instanceof DefaultLifecycleProcessor processor) {
			processor.setTimeoutForShutdownPhase(phase, timeout.toMillis() + 1);
		}
	}

}
