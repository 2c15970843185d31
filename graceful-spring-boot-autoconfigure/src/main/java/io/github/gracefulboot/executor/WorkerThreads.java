package io.github.gracefulboot.executor;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;

import org.jspecify.annotations.Nullable;

/**
 * Tracks the threads of a pool. Whether a thread is running a task is determined by its
 * stack, so that there is no cost per task.
 */
final class WorkerThreads implements ThreadFactory {

	private static final String POOL = ThreadPoolExecutor.class.getName();

	static final String WORKER = POOL + "$Worker";

	/**
	 * The class in which the threads of Spring's executors wait while these are paused.
	 */
	private static final String PAUSED = ".ExecutorLifecycleDelegate";

	private static final Set<Thread.State> AWAKE = EnumSet.of(Thread.State.NEW, Thread.State.RUNNABLE,
			Thread.State.BLOCKED);

	private final ThreadFactory delegate;

	private final Set<Thread> threads = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	WorkerThreads(ThreadFactory delegate) {
		this.delegate = delegate;
	}

	@Override
	public @Nullable Thread newThread(Runnable worker) {
		Thread thread = this.delegate.newThread(worker);
		if (thread != null && worker.getClass().getName().equals(WORKER)) {
			this.threads.add(thread);
		}
		return thread;
	}

	/**
	 * Returns the threads that are running a task.
	 * @return the threads, in the order of their names
	 */
	List<Thread> running() {
		List<Thread> all;
		synchronized (this.threads) {
			all = List.copyOf(this.threads);
		}
		return all.stream()
			.filter(WorkerThreads::runsTask)
			.sorted((a, b) -> a.getName().compareTo(b.getName()))
			.toList();
	}

	/**
	 * Returns whether a thread does not wait, since a pool reports a task neither as
	 * queued nor as running while a thread takes it from the queue or has just been
	 * created for it.
	 * @return whether a thread may be about to run a task
	 */
	boolean isAnyAwake() {
		synchronized (this.threads) {
			return this.threads.stream().map(Thread::getState).anyMatch(AWAKE::contains);
		}
	}

	private static boolean runsTask(Thread thread) {
		StackTraceElement[] stack = thread.getStackTrace();
		return stack.length > 0 && Arrays.stream(stack).noneMatch(WorkerThreads::waitsForTask);
	}

	private static boolean waitsForTask(StackTraceElement frame) {
		return (frame.getClassName().equals(POOL) && frame.getMethodName().equals("getTask"))
				|| frame.getClassName().endsWith(PAUSED);
	}

}
