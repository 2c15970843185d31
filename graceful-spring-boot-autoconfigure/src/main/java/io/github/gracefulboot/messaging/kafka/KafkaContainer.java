package io.github.gracefulboot.messaging.kafka;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.messaging.ListenerContainer;
import io.github.gracefulboot.messaging.UnacknowledgedMessages;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * A container of Spring Kafka. An asynchronous stop has no timeout of its own.
 *
 * @param name the id of the listener
 * @param container the container
 * @param threads the threads of its consumers
 * @param messages what the listener has not acknowledged, or {@code null} if the
 * container acknowledges
 */
record KafkaContainer(String name, MessageListenerContainer container, ConsumerThreads threads,
		@Nullable UnacknowledgedMessages messages) implements ListenerContainer {

	@Override
	public boolean isRunning() {
		return this.container.isRunning();
	}

	/**
	 * Stops the container, once messages are acknowledged. Until then it polls, without
	 * result, to stay in its group, and commits.
	 */
	@Override
	public void stop(Deadline deadline, Runnable whenStopped) throws InterruptedException {
		if (this.messages == null || !this.messages.close()) {
			this.container.stop(whenStopped);
			return;
		}
		AcknowledgingListener.leaveFailures(this.container);
		boolean pause = !this.container.isPauseRequested();
		if (pause) {
			this.container.pause();
		}
		try {
			this.messages.await(deadline);
		}
		finally {
			this.container.stop(whenStopped);
			if (pause) {
				this.container.resume();
			}
		}
	}

	@Override
	public boolean hasUnacknowledged() {
		return this.messages != null && !this.messages.isDone();
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		String listener = "Kafka listener " + this.name;
		Collection<ActiveTask> unacknowledged = (this.messages != null) ? this.messages.activeTasks(listener)
				: List.of();
		if (!unacknowledged.isEmpty()) {
			return unacknowledged;
		}
		List<ActiveTask> tasks = this.threads.of(this.container)
			.entrySet()
			.stream()
			.map((consumer) -> task(listener, consumer.getKey(), consumer.getValue()))
			.toList();
		return tasks.isEmpty() ? List.of(new ActiveTask(listener, null, null)) : tasks;
	}

	private static ActiveTask task(String listener, MessageListenerContainer part, Thread thread) {
		Collection<TopicPartition> partitions = part.getAssignedPartitions();
		String of = (partitions != null)
				? partitions.stream().map(TopicPartition::toString).sorted().collect(Collectors.joining(", ")) : "";
		return new ActiveTask(listener + " (" + of + ")", null, thread);
	}

}
