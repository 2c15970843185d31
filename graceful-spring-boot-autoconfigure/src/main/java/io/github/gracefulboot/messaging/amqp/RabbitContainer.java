package io.github.gracefulboot.messaging.amqp;

import java.time.Duration;
import java.util.Collection;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.messaging.ListenerContainer;
import io.github.gracefulboot.messaging.WorkingThreads;

import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.ObservableListenerContainer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;

/**
 * A container of Spring AMQP.
 *
 * @param name the id of the listener
 * @param container the container
 * @param requeues whether prefetched messages are returned to their queue
 */
record RabbitContainer(String name, ObservableListenerContainer container,
		boolean requeues) implements ListenerContainer {

	/**
	 * Added to the timeout of the container, after which it interrupts listeners, so that
	 * these are reported first.
	 */
	private static final Duration LATER = Duration.ofMillis(200);

	@Override
	public boolean isRunning() {
		return this.container.isRunning();
	}

	@Override
	public void stop(Deadline deadline, Runnable whenStopped) {
		if (this.container instanceof AbstractMessageListenerContainer abstractContainer) {
			abstractContainer.setShutdownTimeout(deadline.remaining().plus(LATER).toMillis());
		}
		if (this.container instanceof SimpleMessageListenerContainer simple && this.requeues
				&& !simple.getAcknowledgeMode().isAutoAck()) {
			simple.setForceStop(true);
		}
		this.container.stop(whenStopped);
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		boolean simple = this.container instanceof SimpleMessageListenerContainer;
		return WorkingThreads.tasks("Rabbit listener " + this.name,
				(threadName) -> !simple || threadName.startsWith(this.name + "-"), this.container.getClass().getName());
	}

}
