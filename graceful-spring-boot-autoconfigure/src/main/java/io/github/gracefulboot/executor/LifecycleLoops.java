package io.github.gracefulboot.executor;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.ExistingBeans;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.Lifecycle;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.log.LogMessage;
import org.springframework.util.ClassUtils;

/**
 * Ends the tasks that a lifecycle bean begins when it is started and ends when it is
 * stopped, such as a polling loop. Spring stops the bean only after executors have been
 * drained.
 */
final class LifecycleLoops {

	private static final Log logger = LogFactory.getLog(LifecycleLoops.class);

	/**
	 * The classes that run a task, below its own code on the stack. Those that call a
	 * method of a bean are not included, since such calls are work.
	 */
	private static final List<String> RUNNERS = List.of("java.", "jdk.", TaskThreads.class.getName(),
			TaskCount.class.getName(), "org.springframework.core.task.", "org.springframework.scheduling.concurrent.",
			"org.springframework.scheduling.support.DelegatingErrorHandlingRunnable",
			"org.springframework.security.concurrent.", "io.micrometer.", "io.opentelemetry.context.");

	private final ExistingBeans beans;

	private final Set<String> excluded;

	private final Set<String> stopped = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the loops.
	 * @param beans the existing beans
	 * @param excluded the names of the beans that are left to Spring
	 */
	LifecycleLoops(ExistingBeans beans, Set<String> excluded) {
		this.beans = beans;
		this.excluded = excluded;
	}

	/**
	 * Stops each lifecycle bean whose code is the task of a thread, once.
	 * @param busy the threads
	 */
	void stop(List<Thread> busy) {
		Map<String, Lifecycle> lifecycles = this.beans.ofType(Lifecycle.class);
		for (Thread thread : busy) {
			String task = classOfTask(thread.getStackTrace());
			lifecycles.forEach((name, bean) -> {
				if (isClassOf(bean, task) && isToBeStopped(name, bean)) {
					stop(name, bean, thread);
				}
			});
		}
	}

	private boolean isToBeStopped(String name, Lifecycle bean) {
		return !(bean instanceof Executor) && bean.isRunning() && !this.excluded.contains(name)
				&& this.stopped.add(name);
	}

	private static void stop(String name, Lifecycle bean, Thread thread) {
		logger.debug(LogMessage.format("Stopping %s, whose task keeps thread %s busy", name, thread.getName()));
		DaemonThreads.startOrRun("graceful-stop-" + name, () -> {
			if (bean instanceof SmartLifecycle smart) {
				smart.stop(() -> {
				});
			}
			else {
				bean.stop();
			}
		});
	}

	private static boolean isClassOf(Lifecycle bean, String task) {
		String name = ClassUtils.getUserClass(bean).getName();
		return task.equals(name) || task.startsWith(name + "$");
	}

	private static String classOfTask(StackTraceElement[] stack) {
		for (int i = stack.length - 1; i >= 0; i--) {
			String name = stack[i].getClassName();
			if (RUNNERS.stream().noneMatch(name::startsWith)) {
				return name;
			}
		}
		return "";
	}

}
