package io.github.gracefulboot.shutdown;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Finds beans without creating any: a stop must not start a listener or open a pool.
 */
public final class ExistingBeans {

	private final ConfigurableListableBeanFactory beanFactory;

	/**
	 * Creates the finder.
	 * @param beanFactory holds the beans
	 */
	public ExistingBeans(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Returns the singletons that exist.
	 * @param type their type
	 * @param <T> their type
	 * @return the beans by their names
	 */
	public <T> Map<String, T> ofType(Class<T> type) {
		Map<String, T> beans = new LinkedHashMap<>();
		for (String name : this.beanFactory.getBeanNamesForType(type, false, false)) {
			if (this.beanFactory.containsSingleton(name) && this.beanFactory.isSingleton(name)) {
				beans.put(name, this.beanFactory.getBean(name, type));
			}
		}
		return beans;
	}

}
