package io.github.gracefulboot.startup;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Tells clients that somebody wants from those that exist only because their library is
 * on the class path. Spring Boot defines the latter for an address that is the library's
 * default, and they never connect.
 */
public final class ClientUse {

	private static final String SPRING_BOOT = "org.springframework.boot.";

	private static final String SPRING = "org.springframework.";

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	private final List<String> addresses;

	private final String details;

	private final BooleanSupplier listeners;

	/**
	 * Creates the rule for a kind of client.
	 * @param beanFactory the bean factory with the clients
	 * @param environment the properties of the application
	 * @param addresses the properties that give Spring Boot's client its address
	 * @param details a pattern for the simple name of Spring Boot's interface for
	 * connection details
	 * @param listeners whether something listens through Spring Boot's client. Called
	 * after all beans have been created
	 */
	public ClientUse(ConfigurableListableBeanFactory beanFactory, Environment environment, List<String> addresses,
			String details, BooleanSupplier listeners) {
		this.beanFactory = beanFactory;
		this.environment = environment;
		this.addresses = addresses;
		this.details = details;
		this.listeners = listeners;
	}

	/**
	 * Returns whether somebody has said where the client connects to: it is a bean of the
	 * application or of another library, or Spring Boot was given an address.
	 * @param name the name of the bean
	 * @return whether it is configured
	 */
	public boolean isConfigured(String name) {
		return !isOfSpringBoot(name) || this.addresses.stream().anyMatch(this::isSet) || hasDetails();
	}

	/**
	 * Returns whether the client is configured or, with the default address, used by a
	 * listener or a bean of the application.
	 * @param name the name of the bean
	 * @return whether somebody wants it
	 */
	public boolean isWanted(String name) {
		return isConfigured(name) || this.listeners.getAsBoolean() || isUsedByApplication(name, new HashSet<>());
	}

	private boolean isSet(String property) {
		return Binder.get(this.environment)
			.bind(property, Bindable.listOf(String.class))
			.map((values) -> !values.isEmpty())
			.orElse(false);
	}

	private boolean hasDetails() {
		return Arrays.stream(this.beanFactory.getBeanNamesForType(ConnectionDetails.class, true, false))
			.filter((name) -> !isOfSpringBoot(name))
			.map(this.beanFactory::getType)
			.anyMatch(this::isDetails);
	}

	private boolean isDetails(@Nullable Class<?> type) {
		return type != null && ClassUtils.getAllInterfacesForClassAsSet(type)
			.stream()
			.anyMatch((each) -> each.getSimpleName().matches(this.details));
	}

	private boolean isOfSpringBoot(String name) {
		Method factoryMethod = factoryMethod(name);
		return factoryMethod != null && factoryMethod.getDeclaringClass().getName().startsWith(SPRING_BOOT);
	}

	private @Nullable Method factoryMethod(String name) {
		return (definition(name) instanceof RootBeanDefinition definition) ? definition.getResolvedFactoryMethod()
				: null;
	}

	private @Nullable BeanDefinition definition(String name) {
		return this.beanFactory.containsBeanDefinition(name) ? this.beanFactory.getMergedBeanDefinition(name) : null;
	}

	/**
	 * Follows the beans that depend on a bean, such as a template, to one of the
	 * application.
	 */
	private boolean isUsedByApplication(String name, Set<String> seen) {
		return Arrays.stream(this.beanFactory.getDependentBeans(name))
			.filter(seen::add)
			.anyMatch((dependent) -> isOfApplication(dependent) || isUsedByApplication(dependent, seen));
	}

	private boolean isOfApplication(String name) {
		BeanDefinition definition = definition(name);
		if (definition == null) {
			return false;
		}
		Method factoryMethod = factoryMethod(name);
		String source = (factoryMethod != null) ? factoryMethod.getDeclaringClass().getName()
				: definition.getBeanClassName();
		return source != null && !source.startsWith(SPRING);
	}

}
