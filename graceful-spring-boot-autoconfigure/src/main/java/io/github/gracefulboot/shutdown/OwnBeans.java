package io.github.gracefulboot.shutdown;

import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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

	private static final Consumer<String> UNTOLD = (name) -> {
	};

	private final ConfigurableListableBeanFactory beanFactory;

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
			own.put(this.beanFactory.getBean(name), name);
		}
		return this.beanFactory.getBeanProvider(type)
			.orderedStream()
			.filter(own::containsKey)
			.map((bean) -> new Named<>(Objects.requireNonNull(own.get(bean)), bean))
			.toList();
	}

	/**
	 * Returns the beans of a type, without those that do not exist yet and cannot be
	 * created.
	 * @param type their type
	 * @param <T> their type
	 * @return the beans in their order, or in that of their classes if some are missing
	 */
	<T> List<Named<T>> orderedIfPossible(Class<T> type) {
		return orderedIfPossible(type, UNTOLD);
	}

	/**
	 * Returns the beans of a type, without those that do not exist yet and cannot be
	 * created: a shutdown does what the others do for it.
	 * @param type their type
	 * @param missing is told the names of those that cannot be created
	 * @param <T> their type
	 * @return the beans in their order, or in that of their classes if some are missing
	 */
	<T> List<Named<T>> orderedIfPossible(Class<T> type, Consumer<String> missing) {
		try {
			return ordered(type);
		}
		catch (BeansException ex) {
			return Arrays.stream(this.beanFactory.getBeanNamesForType(type))
				.flatMap((name) -> Stream.ofNullable(beanIfPossible(name, missing))
					.filter(type::isInstance)
					.map((bean) -> new Named<>(name, type.cast(bean))))
				.sorted(Comparator.comparing(Named::instance, AnnotationAwareOrderComparator.INSTANCE))
				.toList();
		}
	}

	private @Nullable Object beanIfPossible(String name, Consumer<String> missing) {
		try {
			return this.beanFactory.getBean(name);
		}
		catch (BeansException ex) {
			logger.warn(LogMessage.format("Bean '%s' cannot be created, continuing without it", name), ex);
			missing.accept(name);
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
	 * Finds the beans that hold connections now, such as pools, which are asked. One that
	 * nobody has used may say that it is not running.
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
		return (bean instanceof FactoryBean<?> factory && factory.isSingleton()) ? beanIfPossible(name, UNTOLD) : bean;
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
