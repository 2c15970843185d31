package io.github.gracefulboot.messaging.redis;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;

import io.github.gracefulboot.ActiveTask;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Runs the listeners of a container on its original executor and tracks those that have
 * not returned. A message counts as soon as it is handed over, so that none is missed
 * while it waits for a thread. Since a pool with a queue may silently discard a message,
 * its queue is examined instead until a thread has taken the message.
 */
final class MessagesInHand implements Executor {

	private final Executor delegate;

	private final @Nullable Supplier<Collection<?>> queue;

	private final Set<Handling> handlings = ConcurrentHashMap.newKeySet();

	MessagesInHand(Executor delegate) {
		this.delegate = delegate;
		this.queue = queueOf(delegate);
	}

	private static @Nullable Supplier<Collection<?>> queueOf(Executor executor) {
		if (executor instanceof ThreadPoolTaskExecutor pool) {
			return () -> pool.getThreadPoolExecutor().getQueue();
		}
		if (executor instanceof ThreadPoolExecutor pool) {
			return pool::getQueue;
		}
		return null;
	}

	@Override
	public void execute(Runnable listener) {
		Handling handling = new Handling(listener);
		if (this.queue == null) {
			this.handlings.add(handling);
		}
		try {
			this.delegate.execute(handling);
		}
		catch (RuntimeException | Error ex) {
			this.handlings.remove(handling);
			throw ex;
		}
	}

	boolean isEmpty() {
		return (this.queue == null || this.queue.get().isEmpty()) && this.handlings.isEmpty();
	}

	Collection<ActiveTask> activeTasks(String description) {
		long now = System.nanoTime();
		return this.handlings.stream()
			.sorted(Comparator.comparingLong((handling) -> handling.since - now))
			.map((handling) -> new ActiveTask(description, Duration.ofNanos(now - handling.since), handling.thread))
			.toList();
	}

	/**
	 * A message that a listener is or will be called with.
	 */
	private final class Handling implements Runnable {

		private final Runnable listener;

		private final long since = System.nanoTime();

		private volatile @Nullable Thread thread;

		private Handling(Runnable listener) {
			this.listener = listener;
		}

		@Override
		public void run() {
			this.thread = Thread.currentThread();
			MessagesInHand.this.handlings.add(this);
			try {
				this.listener.run();
			}
			finally {
				MessagesInHand.this.handlings.remove(this);
			}
		}

	}

}
