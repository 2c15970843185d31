package io.github.gracefulboot.process;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/**
 * The JVM's signal handling, {@code sun.misc.Signal} of the module
 * {@code jdk.unsupported}. By reflection, since a runtime image may leave the module out.
 *
 * @see <a href="https://openjdk.org/jeps/260">JEP 260: Encapsulate Most Internal APIs</a>
 */
final class JvmSignals {

	private final Class<?> signalType;

	private final Class<?> handlerType;

	private final Method handle;

	JvmSignals() throws ReflectiveOperationException {
		this.signalType = Class.forName("sun.misc.Signal");
		this.handlerType = Class.forName("sun.misc.SignalHandler");
		this.handle = this.signalType.getMethod("handle", this.signalType, this.handlerType);
	}

	/**
	 * Creates a handler.
	 * @param onSignal called with the name of the signal, on a thread of the JVM's
	 * @return a handler to be installed
	 */
	Object handler(Consumer<String> onSignal) {
		return Proxy.newProxyInstance(this.handlerType.getClassLoader(), new Class<?>[] { this.handlerType },
				(proxy, method, args) -> switch (method.getName()) {
					case "handle" -> {
						onSignal.accept(args[0].toString().replaceFirst("^SIG", ""));
						yield null;
					}
					case "equals" -> proxy == args[0];
					case "hashCode" -> System.identityHashCode(proxy);
					default -> "SignalHandler of " + onSignal;
				});
	}

	/**
	 * Installs a handler.
	 * @param name the name of the signal, such as {@code TERM}
	 * @param handler the handler
	 * @return the handler that it replaces
	 * @throws ReflectiveOperationException if the JVM does not let go of the signal, as
	 * with the option {@code -Xrs}
	 */
	Object install(String name, Object handler) throws ReflectiveOperationException {
		return this.handle.invoke(null, signal(name), handler);
	}

	/**
	 * Calls a handler.
	 * @param handler the handler
	 * @param name the name of the signal
	 * @throws ReflectiveOperationException if the handler throws
	 */
	void call(Object handler, String name) throws ReflectiveOperationException {
		this.handlerType.getMethod("handle", this.signalType).invoke(handler, signal(name));
	}

	/**
	 * Returns whether a handler stands for ignoring the signal.
	 * @param handler the handler
	 * @return whether it is {@code SIG_IGN}
	 * @throws ReflectiveOperationException if the JVM has no such handler
	 */
	boolean ignores(Object handler) throws ReflectiveOperationException {
		return this.handlerType.getField("SIG_IGN").get(null) == handler;
	}

	/**
	 * Returns whether somebody else than the JVM or the starter has installed a handler.
	 * @param handler the handler
	 * @return whether it is of a class of neither
	 */
	boolean isOfTheApplication(Object handler) {
		Object behind = Proxy.isProxyClass(handler.getClass()) ? Proxy.getInvocationHandler(handler) : handler;
		String name = behind.getClass().getName();
		return !name.startsWith("sun.misc.") && !name.startsWith(JvmSignals.class.getPackageName() + ".");
	}

	private Object signal(String name) throws ReflectiveOperationException {
		return this.signalType.getConstructor(String.class).newInstance(name);
	}

	/**
	 * Says in words why a call failed.
	 * @param failure what was thrown
	 * @return the reason
	 */
	static String reason(ReflectiveOperationException failure) {
		return String
			.valueOf((failure instanceof InvocationTargetException target) ? target.getTargetException() : failure);
	}

}
