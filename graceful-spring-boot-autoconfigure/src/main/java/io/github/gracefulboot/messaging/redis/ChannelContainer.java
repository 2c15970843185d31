package io.github.gracefulboot.messaging.redis;

import java.util.Collection;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.messaging.ListenerContainer;

import org.springframework.data.redis.listener.RedisMessageListenerContainer;

/**
 * A container of Spring Data Redis that listens to channels. When it has stopped, its
 * connection has delivered all that came before, but listeners may still be at it.
 *
 * @param name the name of the bean
 * @param container the container
 * @param messages what its listeners have in hand
 */
record ChannelContainer(String name, RedisMessageListenerContainer container,
		MessagesInHand messages) implements ListenerContainer {

	@Override
	public boolean isRunning() {
		return this.container.isRunning();
	}

	@Override
	public void stop(Deadline deadline, Runnable whenStopped) throws InterruptedException {
		this.container.stop();
		if (deadline.await(this.messages::isEmpty)) {
			whenStopped.run();
		}
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		return this.messages.activeTasks("Redis listener " + this.name);
	}

}
