package io.github.gracefulboot.executor;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Stands for an executor that is a lambda, whose class nobody can refer to. It has the
 * same interfaces, so that it is found and injected wherever the lambda would be.
 */
final class CountingExecutor implements InvocationHandler {

	private final Executor delegate;

	private final TaskCount count = new TaskCount();

	private CountingExecutor(Executor delegate) {
		this.delegate = delegate;
	}

	static Executor of(Executor lambda) {
		return (Executor) Proxy.newProxyInstance(lambda.getClass().getClassLoader(), lambda.getClass().getInterfaces(),
				new CountingExecutor(lambda));
	}

	static @Nullable TaskCount countOf(Object executor) {
		return (Proxy.isProxyClass(executor.getClass())
				&& Proxy.getInvocationHandler(executor) instanceof CountingExecutor counting) ? counting.count : null;
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
		if (method.getName().equals("execute") && arguments != null && arguments.length == 1) {
			this.count.execute(this.delegate, (Runnable) arguments[0]);
			return null;
		}
		if (method.isDefault()) {
			// Calls execute() in the end
			return InvocationHandler.invokeDefault(proxy, method, arguments);
		}
		if (method.getName().equals("equals") && arguments != null) {
			return proxy == arguments[0];
		}
		try {
			return method.invoke(this.delegate, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
