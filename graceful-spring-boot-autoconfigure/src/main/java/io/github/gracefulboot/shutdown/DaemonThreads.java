package io.github.gracefulboot.shutdown;

import java.util.concurrent.ThreadFactory;

/**
 * Creates the threads of a stop: named, and never what keeps a process alive.
 */
public final class DaemonThreads {

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
