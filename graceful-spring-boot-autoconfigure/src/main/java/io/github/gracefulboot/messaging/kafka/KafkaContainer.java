package io.github.gracefulboot.messaging.kafka;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.messaging.ListenerContainer;
import org.apache.kafka.common.TopicPartition;

import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * A container of Spring Kafka. An asynchronous stop has no timeout of its own.
 *
 * @param name the id of the listener
 * @param container the container
 * @param threads the threads of its consumers
 */
record KafkaContainer(String name, MessageListenerContainer container,
		ConsumerThreads threads) implements ListenerContainer {

	@Override
	public boolean isRunning() {
		return this.container.isRunning();
	}

	@Override
	public void stop(Deadline deadline, Runnable whenStopped) {
		this.container.stop(whenStopped);
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		List<ActiveTask> tasks = this.threads.of(this.container)
			.entrySet()
			.stream()
			.map((consumer) -> task(consumer.getKey(), consumer.getValue()))
			.toList();
		return tasks.isEmpty() ? List.of(new ActiveTask("Kafka listener " + this.name, null, null)) : tasks;
	}

	private ActiveTask task(MessageListenerContainer part, Thread thread) {
		Collection<TopicPartition> partitions = part.getAssignedPartitions();
		String of = (partitions != null)
				? partitions.stream().map(TopicPartition::toString).sorted().collect(Collectors.joining(", ")) : "";
		return new ActiveTask("Kafka listener " + this.name + " (" + of + ")", null, thread);
	}

}
