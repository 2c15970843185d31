package io.github.gracefulboot.messaging.kafka;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

import io.github.gracefulboot.messaging.ExistingBeans;

import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.requestreply.ReplyingKafkaTemplate;

/**
 * Finds Spring Kafka's containers, but for those that take the replies to requests of
 * this application: what is in flight still waits for them.
 */
final class KafkaContainers implements Supplier<Collection<KafkaContainer>> {

	private final ExistingBeans beans;

	private final ConsumerThreads threads;

	KafkaContainers(ExistingBeans beans, ConsumerThreads threads) {
		this.beans = beans;
		this.threads = threads;
	}

	@Override
	public Collection<KafkaContainer> get() {
		Set<KafkaContainer> containers = new LinkedHashSet<>();
		for (KafkaListenerEndpointRegistry registry : this.beans.ofType(KafkaListenerEndpointRegistry.class).values()) {
			registry.getListenerContainers()
				.forEach((container) -> containers.add(container(container.getListenerId(), container)));
		}
		this.beans.ofType(MessageListenerContainer.class)
			.forEach((name, container) -> containers.add(container(name, container)));
		containers.removeIf((container) -> takesReplies(container.container()));
		return containers;
	}

	private KafkaContainer container(String name, MessageListenerContainer container) {
		return new KafkaContainer(name, container, this.threads);
	}

	private static boolean takesReplies(MessageListenerContainer container) {
		return container.getContainerProperties().getMessageListener() instanceof ReplyingKafkaTemplate;
	}

}
