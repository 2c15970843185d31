package io.github.gracefulboot.executor;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.interceptor.AsyncExecutionAspectSupport;
import org.springframework.aop.interceptor.AsyncUncaughtExceptionHandler;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.log.LogMessage;
import org.springframework.scheduling.config.TaskManagementConfigUtils;

/**
 * Looks into executors as soon as they are created: the threads of pools and the tasks of
 * executors that tell nothing of them can be counted only from the beginning.
 */
final class ThreadsPostProcessor implements DestructionAwareBeanPostProcessor, PriorityOrdered, AopInfrastructureBean {

	/**
	 * The name of the executor of asynchronous methods that do not name one, if it is no
	 * bean.
	 */
	static final String ASYNC = "@Async";

	private static final Log logger = LogFactory.getLog(ThreadsPostProcessor.class);

	private final Map<String, Object> others = new ConcurrentHashMap<>();

	private final Map<String, String> outOfReach = new ConcurrentHashMap<>();

	private volatile @Nullable Listener listener;

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		try {
			if (bean instanceof Executor executor) {
				return inspect(executor, beanName);
			}
			if (beanName.equals(TaskManagementConfigUtils.ASYNC_ANNOTATION_PROCESSOR_BEAN_NAME)) {
				inspectAsyncMethods(bean);
			}
			else if (beanName.equals(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME)) {
				new ExecutorInspection().inspectFieldsOf(bean);
				this.others.put(beanName, bean);
			}
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug(LogMessage.format("Could not look for executors in %s", beanName), ex);
		}
		return bean;
	}

	private Executor inspect(Executor executor, String name) {
		ExecutorInspection inspection = new ExecutorInspection();
		Executor replacement = (Executor) inspection.inspect(executor);
		if (inspection.isIncomplete()) {
			this.outOfReach.put(name, executor.getClass().getName());
			Listener listener = this.listener;
			if (listener != null) {
				listener.outOfReach(List.of(name));
			}
		}
		return replacement;
	}

	// Spring has no accessors for these. The executor may be a bean, be created by an
	// AsyncConfigurer, or be one of Spring's own if there are several beans
	@SuppressWarnings("unchecked")
	private void inspectAsyncMethods(Object postProcessor) {
		if (new DirectFieldAccessor(postProcessor).getPropertyValue("advisor") instanceof Advisor advisor
				&& advisor.getAdvice() instanceof AsyncExecutionAspectSupport interceptor) {
			DirectFieldAccessor fields = new DirectFieldAccessor(interceptor);
			Supplier<@Nullable Executor> executor = (Supplier<@Nullable Executor>) fields
				.getPropertyValue("defaultExecutor");
			Supplier<AsyncUncaughtExceptionHandler> handler = (Supplier<AsyncUncaughtExceptionHandler>) fields
				.getPropertyValue("exceptionHandler");
			if (executor != null && handler != null) {
				interceptor.configure(() -> inspectAsyncExecutor(executor.get()), handler);
			}
		}
	}

	private @Nullable Executor inspectAsyncExecutor(@Nullable Executor executor) {
		if (executor == null) {
			return null;
		}
		Executor inspected = executor;
		try {
			inspected = inspect(executor, ASYNC);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("Could not look into the executor of asynchronous methods", ex);
		}
		this.others.put(ASYNC, inspected);
		return inspected;
	}

	/**
	 * Returns what holds executors that are no beans.
	 * @return executors or objects that hold them by their names
	 */
	Map<String, Object> others() {
		return this.others;
	}

	/**
	 * Returns the class of an executor of which nothing is known.
	 * @param name the name of the bean
	 * @return the name of the class
	 */
	@Nullable String outOfReach(String name) {
		return this.outOfReach.get(name);
	}

	/**
	 * Sets who is told of executors from now on.
	 * @param listener the listener
	 */
	void listen(Listener listener) {
		this.listener = listener;
		listener.outOfReach(List.copyOf(this.outOfReach.keySet()));
	}

	@Override
	public boolean requiresDestruction(Object bean) {
		return bean instanceof Executor;
	}

	@Override
	public void postProcessBeforeDestruction(Object bean, String beanName) {
		Listener listener = this.listener;
		if (listener != null && bean instanceof Executor) {
			listener.beforeDestruction(beanName);
		}
	}

	/**
	 * Before post-processors that wrap executors.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	/**
	 * Is told of executors.
	 */
	interface Listener {

		/**
		 * Called when nothing is known of the tasks of executors.
		 * @param names the names of the beans
		 */
		void outOfReach(Collection<String> names);

		/**
		 * Called when an executor is about to be destroyed.
		 * @param name the name of the bean
		 */
		void beforeDestruction(String name);

	}

}
