package io.github.gracefulboot.messaging;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.util.ClassUtils;

/**
 * Decorates an object that a messaging library calls, or hands to a listener, with all of
 * its public interfaces, since the library tells by them what to call.
 */
@FunctionalInterface
public interface Decorator {

	/**
	 * Handles a call.
	 * @param method the method that was called
	 * @param arguments its arguments
	 * @param original calls a method of the original object
	 * @return what to return
	 * @throws Throwable what to throw
	 */
	@Nullable Object invoke(Method method, Object[] arguments, Original original) throws Throwable;

	/**
	 * Decorates an object.
	 * @param type the interface to return
	 * @param target the object
	 * @param decorator handles all calls
	 * @param additional interfaces to add, whose calls must not be passed on
	 * @param <T> the interface to return
	 * @return the decorated object
	 */
	static <T> T decorate(Class<T> type, T target, Decorator decorator, Class<?>... additional) {
		ClassLoader classLoader = target.getClass().getClassLoader();
		Set<Class<?>> interfaces = new LinkedHashSet<>(Arrays.asList(additional));
		for (Class<?> each : ClassUtils.getAllInterfacesForClass(target.getClass())) {
			if (Modifier.isPublic(each.getModifiers())) {
				interfaces.add(each);
			}
		}
		return type.cast(Proxy.newProxyInstance(classLoader, interfaces.toArray(Class[]::new),
				(proxy, method, arguments) -> decorator.invoke(method, (arguments != null) ? arguments : new Object[0],
						(changed) -> AopUtils.invokeJoinpointUsingReflection(target, method, changed))));
	}

	/**
	 * Calls the same method of the original object.
	 */
	@FunctionalInterface
	interface Original {

		/**
		 * Calls the method.
		 * @param arguments its arguments
		 * @return what it returned
		 * @throws Throwable what it threw
		 */
		@Nullable Object invoke(Object[] arguments) throws Throwable;

	}

}
