package io.github.gracefulboot.messaging.redis;

import java.util.Collection;
import java.util.List;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.messaging.ListenerContainer;
import io.github.gracefulboot.messaging.WorkingThreads;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;
import org.springframework.data.redis.stream.Subscription;

/**
 * A container of Spring Data Redis that reads streams. It counts as stopped at once, but
 * each subscription still gives its listener whatever the last read has brought.
 *
 * @param name the name of the bean
 * @param container the container
 */
record StreamContainer(String name, StreamMessageListenerContainer<?, ?> container) implements ListenerContainer {

	private static final String SUBSCRIPTIONS = "subscriptions";

	private static final String POLL = "org.springframework.data.redis.stream.StreamPollTask";

	@Override
	public boolean isRunning() {
		return this.container.isRunning();
	}

	@Override
	public void stop(Deadline deadline, Runnable whenStopped) throws InterruptedException {
		List<Subscription> subscriptions = subscriptions();
		this.container.stop();
		if (deadline.await(() -> subscriptions.stream().noneMatch(Subscription::isActive))) {
			whenStopped.run();
		}
	}

	/**
	 * Whoever registered a subscription was given it, but the container tells nobody
	 * else.
	 */
	private List<Subscription> subscriptions() {
		DirectFieldAccessor fields = new DirectFieldAccessor(this.container);
		Object subscriptions = fields.isReadableProperty(SUBSCRIPTIONS) ? fields.getPropertyValue(SUBSCRIPTIONS) : null;
		// One may be added right now
		return (subscriptions instanceof Collection<?> all) ? List.copyOf(all)
			.stream()
			.filter(Subscription.class::isInstance)
			.map(Subscription.class::cast)
			.toList() : List.of();
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		return WorkingThreads.tasks("Redis stream listener " + this.name, (threadName) -> true, POLL);
	}

}
