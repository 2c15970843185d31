package io.github.gracefulboot.messaging.redis;

import java.util.Collection;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.messaging.ListenerContainer;

import org.springframework.data.redis.listener.RedisMessageListenerContainer;

/**
 * A container of Spring Data Redis that listens to channels. When it has stopped, its
 * connection has delivered all messages, but listeners may still be handling them.
 *
 * @param name the name of the bean
 * @param container the container
 * @param messages the messages that its listeners are handling
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
