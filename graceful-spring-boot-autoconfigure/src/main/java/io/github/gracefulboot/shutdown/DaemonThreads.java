package io.github.gracefulboot.shutdown;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Creates the threads of a stop: named, and never what keeps a process alive.
 */
public final class DaemonThreads {

	private static final Log logger = LogFactory.getLog(DaemonThreads.class);

	private DaemonThreads() {
	}

	/**
	 * Starts a thread.
	 * @param name its name
	 * @param task what it does
	 * @return the thread
	 */
	public static Thread start(String name, Runnable task) {
		Thread thread = factory(name).newThread(task);
		thread.start();
		return thread;
	}

	/**
	 * Starts a thread for what can be done without. Where the system has no thread left,
	 * it is not done.
	 * @param name its name
	 * @param task what it does
	 */
	public static void startIfPossible(String name, Runnable task) {
		try {
			start(name, task);
		}
		catch (OutOfMemoryError ex) {
			logger.debug(LogMessage.format("No thread left for %s, continuing without it", name), ex);
		}
	}

	/**
	 * Starts a thread for what a stop cannot do without. Where the system has no thread
	 * left, the caller does it, and has returned when it is done.
	 * @param name its name
	 * @param task what it does
	 * @return the thread, which is not alive if the caller has done its task
	 */
	public static Thread startOrRun(String name, Runnable task) {
		Thread thread = factory(name).newThread(task);
		startOrRun(thread, task);
		return thread;
	}

	/**
	 * Starts a thread for what a stop cannot do without, or does its task.
	 * @param thread the thread
	 * @param task what it does
	 */
	public static void startOrRun(Thread thread, Runnable task) {
		try {
			thread.start();
		}
		catch (OutOfMemoryError ex) {
			logger.warn(LogMessage.format("No thread left for %s: doing it on %s instead (%s)", thread.getName(),
					Thread.currentThread().getName(), ex.getMessage()));
			task.run();
		}
	}

	/**
	 * Creates what does one task after the other on a thread of its own. It is kept from
	 * the first task on, so that there is one when the system has none left.
	 * @param name the name of the thread
	 * @param longestQueue how many tasks may wait, beyond which they are rejected
	 * @return the executor
	 */
	public static ExecutorService executor(String name, int longestQueue) {
		return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(longestQueue),
				factory(name));
	}

	/**
	 * Returns what gives each of its threads the same name.
	 * @param name the name
	 * @return the factory
	 */
	public static ThreadFactory factory(String name) {
		return (task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		};
	}

}
