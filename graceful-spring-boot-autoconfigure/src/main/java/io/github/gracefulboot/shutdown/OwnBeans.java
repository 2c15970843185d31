package io.github.gracefulboot.shutdown;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.core.log.LogMessage;

/**
 * Finds the beans of a context itself. What belongs to its parent is the parent's to
 * start and to shut down.
 */
public final class OwnBeans {

	private static final Log logger = LogFactory.getLog(OwnBeans.class);

	private final ConfigurableListableBeanFactory beanFactory;

	/**
	 * The names of the beans that could not be created.
	 */
	private final Set<String> failed = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the finder.
	 * @param beanFactory holds the beans
	 */
	public OwnBeans(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Returns the beans of a type, and creates those that do not exist yet.
	 * @param type their type
	 * @param <T> their type
	 * @return the beans in their order
	 */
	public <T> List<Named<T>> ordered(Class<T> type) {
		String[] names = this.beanFactory.getBeanNamesForType(type);
		if (names.length == 0) {
			return List.of();
		}
		Map<Object, String> own = new IdentityHashMap<>();
		for (String name : names) {
			Object bean = beanIfPossible(name);
			if (bean != null) {
				own.put(bean, name);
			}
		}
		Stream<T> ordered = (own.size() == names.length) ? this.beanFactory.getBeanProvider(type).orderedStream()
				: own.keySet().stream().map(type::cast).sorted(AnnotationAwareOrderComparator.INSTANCE);
		return ordered.filter(own::containsKey)
			.map((bean) -> new Named<>(Objects.requireNonNull(own.get(bean)), bean))
			.toList();
	}

	/**
	 * Returns a bean, which may be lazy. The others do without one that cannot be
	 * created.
	 */
	private @Nullable Object beanIfPossible(String name) {
		if (this.failed.contains(name)) {
			return null;
		}
		try {
			return this.beanFactory.getBean(name);
		}
		catch (BeansException ex) {
			if (this.failed.add(name)) {
				logger.warn(LogMessage.format("Bean '%s' cannot be created, continuing without it", name), ex);
			}
			return null;
		}
	}

	/**
	 * Returns the beans of a type without their names.
	 * @param type their type
	 * @param <T> their type
	 * @return the beans in their order
	 */
	public <T> List<T> instances(Class<T> type) {
		return ordered(type).stream().map(Named::instance).toList();
	}

	/**
	 * Returns a bean, but creates none: it may not exist yet, or not any more.
	 * @param name its name
	 * @param type its type
	 * @param <T> its type
	 * @return the bean, empty if there is none
	 */
	public <T> Optional<T> existing(String name, Class<T> type) {
		return Optional.ofNullable(this.beanFactory.getSingleton(name)).filter(type::isInstance).map(type::cast);
	}

	/**
	 * Finds the beans that hold connections now, such as pools. One that nobody has used
	 * may say that it is not running.
	 * @return whether all of them are open still
	 */
	BooleanSupplier connections() {
		List<ConnectionBean> beans = Arrays.stream(this.beanFactory.getBeanDefinitionNames())
			.filter(this::holdsConnections)
			.map(this::product)
			.filter(Objects::nonNull)
			.map(ConnectionBean::new)
			.filter((bean) -> !bean.isClosed())
			.toList();
		return () -> beans.stream().noneMatch(ConnectionBean::isClosed);
	}

	private @Nullable Object product(String name) {
		Object bean = this.beanFactory.getSingleton(name);
		return (bean instanceof FactoryBean<?>) ? beanIfPossible(name) : bean;
	}

	private boolean holdsConnections(String name) {
		Class<?> type = this.beanFactory.getType(name, false);
		return type != null && ConnectionBean.isOf(type);
	}

	/**
	 * A bean and its name.
	 *
	 * @param name the name of the bean
	 * @param instance the bean
	 * @param <T> its type
	 */
	public record Named<T>(String name, T instance) {

		/**
		 * Returns what to call it.
		 * @param given a name that it has given itself, or {@code null}
		 * @return the given name, or that of the bean
		 */
		public String nameOr(@Nullable String given) {
			return (given != null) ? given : this.name;
		}

	}

}
