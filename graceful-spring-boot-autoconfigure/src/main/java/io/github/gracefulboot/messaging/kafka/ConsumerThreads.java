package io.github.gracefulboot.messaging.kafka;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import org.springframework.context.ApplicationListener;
import org.springframework.kafka.event.ConsumerStartedEvent;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.event.KafkaEvent;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Knows the thread and the container of each consumer: a consumer tells on its own thread
 * that it starts.
 */
final class ConsumerThreads implements ApplicationListener<KafkaEvent> {

	private final Map<MessageListenerContainer, Consumer> consumers = new ConcurrentHashMap<>();

	@Override
	public void onApplicationEvent(KafkaEvent event) {
		if (event instanceof ConsumerStartedEvent) {
			this.consumers.put((MessageListenerContainer) event.getSource(),
					new Consumer(event.getContainer(MessageListenerContainer.class), Thread.currentThread()));
		}
		else if (event instanceof ConsumerStoppedEvent) {
			this.consumers.remove((MessageListenerContainer) event.getSource());
		}
	}

	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

	/**
	 * Returns the containers whose consumers run.
	 * @return the containers, also those that are no beans
	 */
	Set<MessageListenerContainer> containers() {
		return this.consumers.values().stream().map(Consumer::container).collect(Collectors.toSet());
	}

	/**
	 * Returns the threads of a container's consumers.
	 * @param container the container
	 * @return the threads by what runs one consumer each: the container itself or its
	 * parts
	 */
	Map<MessageListenerContainer, Thread> of(MessageListenerContainer container) {
		Map<MessageListenerContainer, Thread> threads = new ConcurrentHashMap<>();
		this.consumers.forEach((part, consumer) -> {
			if (consumer.container() == container) {
				threads.put(part, consumer.thread());
			}
		});
		return threads;
	}

	/**
	 * A consumer that runs.
	 *
	 * @param container the container that it belongs to
	 * @param thread the thread that it runs on
	 */
	private record Consumer(MessageListenerContainer container, Thread thread) {

	}

}
