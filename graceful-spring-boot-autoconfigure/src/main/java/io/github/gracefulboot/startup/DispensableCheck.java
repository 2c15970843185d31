package io.github.gracefulboot.startup;

import java.util.Arrays;

import io.github.gracefulboot.StartupCheck;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;

/**
 * A check that the start may turn out not to require, when it has waited for it in vain.
 */
public interface DispensableCheck extends StartupCheck {

	/**
	 * Returns whether the start can continue without what the check waits for.
	 * @return the reason, or an empty string if it cannot
	 */
	String whyDispensable();

	/**
	 * Returns why the start can continue without a bean: it is only given to those who
	 * ask for it by its name or a qualifier, it is a fallback, or the application has
	 * marked another one as the primary one of its type. Spring Boot starts without such
	 * a bean unless something connects as it is created.
	 * @param beanFactory the bean factory
	 * @param name the name of the bean
	 * @param type the type of which one bean may be the primary one
	 * @return the reason, or an empty string
	 */
	static String whySecondary(ConfigurableListableBeanFactory beanFactory, String name, Class<?> type) {
		if (isPrimary(beanFactory, name)) {
			return "";
		}
		if (isPassedOver(beanFactory, name)) {
			return "it is no default candidate for its type";
		}
		return Arrays.stream(beanFactory.getBeanNamesForType(type, true, false))
			.filter((other) -> isPrimary(beanFactory, other))
			.findFirst()
			.map((primary) -> "the primary bean of its type is " + primary)
			.orElse("");
	}

	private static boolean isPassedOver(ConfigurableListableBeanFactory beanFactory, String name) {
		if (!beanFactory.containsBeanDefinition(name)) {
			return false;
		}
		BeanDefinition definition = beanFactory.getMergedBeanDefinition(name);
		return !definition.isAutowireCandidate() || definition.isFallback()
				|| (definition instanceof AbstractBeanDefinition candidate && !candidate.isDefaultCandidate());
	}

	private static boolean isPrimary(ConfigurableListableBeanFactory beanFactory, String name) {
		return beanFactory.containsBeanDefinition(name) && beanFactory.getMergedBeanDefinition(name).isPrimary();
	}

}
