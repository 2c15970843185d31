package io.github.gracefulboot.executor;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.log.LogMessage;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.VirtualThreadTaskExecutor;

/**
 * Tracks the threads of executors by decorating their thread factories. Pools report the
 * number of their tasks but not the threads, and executors with a thread for each task
 * report neither.
 */
final class ThreadsPostProcessor implements BeanPostProcessor, PriorityOrdered {

	private static final Log logger = LogFactory.getLog(ThreadsPostProcessor.class);

	private static final String VIRTUAL_THREADS = "virtualThreadDelegate";

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		try {
			if (bean instanceof SimpleAsyncTaskExecutor executor) {
				track(executor);
			}
			else if (ExecutorBeans.unwrap(bean) instanceof ThreadPoolExecutor pool
					&& !(pool.getThreadFactory() instanceof WorkerThreads)) {
				pool.setThreadFactory(new WorkerThreads(pool.getThreadFactory()));
			}
		}
		catch (RuntimeException ex) {
			logger.debug(LogMessage.format("Could not track the threads of %s", beanName), ex);
		}
		return bean;
	}

	private void track(SimpleAsyncTaskExecutor executor) {
		if (!(executor.getThreadFactory() instanceof TaskThreads)) {
			boolean virtual = isVirtual(executor);
			executor.setThreadFactory(new TaskThreads(virtual ? virtualThreads(executor) : threads(executor)));
			if (virtual) {
				// Otherwise the factory would not be used
				executor.setVirtualThreads(false);
			}
		}
	}

	// Spring has no accessor for this
	private boolean isVirtual(SimpleAsyncTaskExecutor executor) {
		DirectFieldAccessor fields = new DirectFieldAccessor(executor);
		return fields.isReadableProperty(VIRTUAL_THREADS) && fields.getPropertyValue(VIRTUAL_THREADS) != null;
	}

	private ThreadFactory virtualThreads(SimpleAsyncTaskExecutor executor) {
		return new VirtualThreadTaskExecutor(executor.getThreadNamePrefix()).getVirtualThreadFactory();
	}

	private ThreadFactory threads(SimpleAsyncTaskExecutor executor) {
		ThreadFactory own = executor.getThreadFactory();
		return (own != null) ? own : executor::createThread;
	}

	/**
	 * Before post-processors that wrap executors.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
