package io.github.gracefulboot.shutdown;

import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.FactoryBeanRegistrySupport;
import org.springframework.util.ReflectionUtils;

/**
 * Finds beans without creating any: a stop must not start a listener or open a pool.
 */
public final class ExistingBeans {

	private static final @Nullable Method PRODUCT = product();

	private final ConfigurableListableBeanFactory beanFactory;

	/**
	 * Creates the finder.
	 * @param beanFactory holds the beans
	 */
	public ExistingBeans(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	private static @Nullable Method product() {
		Method method = ReflectionUtils.findMethod(FactoryBeanRegistrySupport.class, "getCachedObjectForFactoryBean",
				String.class);
		if (method != null) {
			ReflectionUtils.makeAccessible(method);
		}
		return method;
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
			if (exists(name) && this.beanFactory.isSingleton(name)) {
				beans.put(name, this.beanFactory.getBean(name, type));
			}
		}
		return beans;
	}

	/**
	 * Returns whether a bean exists. Where it is the product of a factory bean, Spring
	 * knows of the factory, and makes the product for whoever is the first to ask.
	 * @param name the name of the bean
	 * @return whether it can be had without being made
	 */
	public boolean exists(String name) {
		return this.beanFactory.containsSingleton(name) && (!(this.beanFactory instanceof FactoryBeanRegistrySupport)
				|| BeanFactoryUtils.isFactoryDereference(name) || !this.beanFactory.isFactoryBean(name)
				|| PRODUCT == null || ReflectionUtils.invokeMethod(PRODUCT, this.beanFactory, name) != null);
	}

}
