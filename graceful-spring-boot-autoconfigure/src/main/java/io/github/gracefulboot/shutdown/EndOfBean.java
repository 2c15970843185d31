package io.github.gracefulboot.shutdown;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.Lifecycle;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Tells whether a class has something to say about its end, as a bean that stops its own
 * thread when it is destroyed.
 */
final class EndOfBean {

	private EndOfBean() {
	}

	/**
	 * Returns whether a class, or one that it is nested in, has a method that is called
	 * when its bean is destroyed.
	 * @param name the name of the class
	 * @return {@code false} if it has none, or cannot be found
	 */
	static boolean isKnownTo(String name) {
		Class<?> type = find(name);
		while (type != null && !hasMethod(type)) {
			type = type.getEnclosingClass();
		}
		return type != null;
	}

	private static @Nullable Class<?> find(String name) {
		try {
			return ClassUtils.resolveClassName(name, EndOfBean.class.getClassLoader());
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			return null;
		}
	}

	private static boolean hasMethod(Class<?> type) {
		return DisposableBean.class.isAssignableFrom(type) || AutoCloseable.class.isAssignableFrom(type)
				|| Lifecycle.class.isAssignableFrom(type)
				|| Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(type))
					.flatMap((method) -> Arrays.stream(method.getAnnotations()))
					.anyMatch((annotation) -> annotation.annotationType().getSimpleName().equals("PreDestroy"));
	}

}
