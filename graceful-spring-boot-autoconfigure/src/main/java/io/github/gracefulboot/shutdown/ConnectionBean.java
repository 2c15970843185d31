package io.github.gracefulboot.shutdown;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A bean that holds connections which other beans use, such as a pool. Spring keeps a
 * bean that it has destroyed until all are, so that the bean itself is asked.
 *
 * @param bean the bean
 */
record ConnectionBean(Object bean) {

	private static final List<String> TYPES = List.of("DataSource", "ConnectionFactory", "ConnectionPool",
			"ProducerFactory", "MongoClient", "EntityManagerFactory", "SessionFactory");

	private static final List<String> CLOSED = List.of("isClosed", "isDisposed", "isShutdown");

	private static final List<String> OPEN = List.of("isOpen", "isRunning");

	static boolean isOf(Class<?> type) {
		return TYPES.stream().anyMatch(type.getSimpleName()::contains);
	}

	/**
	 * Returns whether the bean says that it was closed.
	 * @return {@code false} if it says nothing
	 */
	boolean isClosed() {
		Object target = Objects.requireNonNullElse(AopProxyUtils.getSingletonTarget(this.bean), this.bean);
		return CLOSED.stream().anyMatch((name) -> says(target, name, true))
				|| OPEN.stream().anyMatch((name) -> says(target, name, false));
	}

	private static boolean says(Object target, String name, boolean answer) {
		try {
			Method method = ClassUtils.getMethodIfAvailable(target.getClass(), name);
			if (method == null) {
				return false;
			}
			ReflectionUtils.makeAccessible(method);
			return Boolean.valueOf(answer).equals(ReflectionUtils.invokeMethod(method, target));
		}
		catch (RuntimeException | LinkageError ex) {
			return false;
		}
	}

}
