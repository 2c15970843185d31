package io.github.gracefulboot.executor;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Executors of the JDK that tell nothing of their tasks.
 */
final class JdkExecutors {

	private JdkExecutors() {
	}

	/**
	 * Returns one with a virtual thread for each task, or, before Java 21, the most
	 * similar one.
	 */
	static ExecutorService threadPerTask() {
		try {
			return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
		}
		catch (NoSuchMethodException ex) {
			return Executors.unconfigurableExecutorService(Executors.newCachedThreadPool());
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
