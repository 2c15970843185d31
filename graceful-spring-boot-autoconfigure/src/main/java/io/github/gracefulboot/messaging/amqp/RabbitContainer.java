package io.github.gracefulboot.messaging.amqp;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.messaging.ListenerContainer;
import io.github.gracefulboot.messaging.UnacknowledgedMessages;
import io.github.gracefulboot.messaging.WorkingThreads;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.ObservableListenerContainer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;

/**
 * A container of Spring AMQP.
 *
 * @param name the id of the listener
 * @param container the container
 * @param requeues whether prefetched messages are returned to their queue
 * @param messages what the listener has not acknowledged, or {@code null} if the
 * container acknowledges
 */
record RabbitContainer(String name, ObservableListenerContainer container, boolean requeues,
		@Nullable UnacknowledgedMessages messages) implements ListenerContainer {

	/**
	 * Added to the timeout of the container, after which it interrupts listeners, so that
	 * these are reported first.
	 */
	private static final Duration LATER = Duration.ofMillis(200);

	@Override
	public boolean isRunning() {
		return this.container.isRunning();
	}

	/**
	 * Stops the container, which closes its channels, once messages are acknowledged.
	 */
	@Override
	public void stop(Deadline deadline, Runnable whenStopped) throws InterruptedException {
		if (this.messages != null) {
			this.messages.await(deadline);
		}
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
	public boolean hasUnacknowledged() {
		return this.messages != null && !this.messages.isDone();
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		String listener = "Rabbit listener " + this.name;
		Collection<ActiveTask> unacknowledged = (this.messages != null) ? this.messages.activeTasks(listener)
				: List.of();
		if (!unacknowledged.isEmpty()) {
			return unacknowledged;
		}
		boolean simple = this.container instanceof SimpleMessageListenerContainer;
		return WorkingThreads.tasks(listener, (threadName) -> !simple || threadName.startsWith(this.name + "-"),
				this.container.getClass().getName());
	}

}
