package io.github.gracefulboot.messaging.kafka;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.context.ApplicationListener;
import org.springframework.kafka.event.ConsumerStartedEvent;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.event.KafkaEvent;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Tracks the thread and the container of each consumer. The event of its start is
 * published on its own thread.
 */
final class ConsumerThreads implements ApplicationListener<KafkaEvent>, AopInfrastructureBean {

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
	 * Returns the containers with running consumers.
	 * @return the containers, including those that are not beans
	 */
	Set<MessageListenerContainer> containers() {
		return this.consumers.values().stream().map(Consumer::container).collect(Collectors.toSet());
	}

	/**
	 * Returns the threads of a container's consumers.
	 * @param container the container
	 * @return the threads by the container of a single consumer, which is the container
	 * itself or a child of it
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
	 * A running consumer.
	 *
	 * @param container the container to which the consumer belongs
	 * @param thread the thread of the consumer
	 */
	private record Consumer(MessageListenerContainer container, Thread thread) {

	}

}
