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
 * A container of Spring Data Redis that reads streams. It is considered stopped at once,
 * although each subscription still passes the results of its last read to its listener.
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
	 * Returns the subscriptions, for which the container has no accessor.
	 */
	private List<Subscription> subscriptions() {
		DirectFieldAccessor fields = new DirectFieldAccessor(this.container);
		Object subscriptions = fields.isReadableProperty(SUBSCRIPTIONS) ? fields.getPropertyValue(SUBSCRIPTIONS) : null;
		// Copied, since a subscription may be added concurrently
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
