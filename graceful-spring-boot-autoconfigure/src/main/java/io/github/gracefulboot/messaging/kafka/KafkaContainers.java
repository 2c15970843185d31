package io.github.gracefulboot.messaging.kafka;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.github.gracefulboot.messaging.UnacknowledgedMessages;
import io.github.gracefulboot.shutdown.ExistingBeans;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.requestreply.ReplyingKafkaTemplate;

/**
 * Finds Spring Kafka's containers: those of annotated methods, beans, and any others with
 * a running consumer, such as those of Spring Integration's adapters. Containers that
 * receive replies to requests of this application are left out, since work in flight may
 * still wait for them.
 */
final class KafkaContainers implements Supplier<Collection<KafkaContainer>> {

	private static final Log logger = LogFactory.getLog(KafkaContainers.class);

	private final ExistingBeans beans;

	private final ConsumerThreads threads;

	/**
	 * What listeners that acknowledge by themselves have not acknowledged.
	 */
	private final Map<MessageListenerContainer, UnacknowledgedMessages> messages = new ConcurrentHashMap<>();

	KafkaContainers(ExistingBeans beans, ConsumerThreads threads) {
		this.beans = beans;
		this.threads = threads;
	}

	/**
	 * Tracks what listeners acknowledge by themselves. Called before they start.
	 */
	void track() {
		for (KafkaContainer container : get()) {
			try {
				this.messages.computeIfAbsent(container.container(), AcknowledgingListener::track);
			}
			catch (RuntimeException | Error ex) {
				logger.debug(LogMessage.format("Could not track what %s acknowledges", container.name()), ex);
			}
		}
	}

	@Override
	public Collection<KafkaContainer> get() {
		Map<MessageListenerContainer, String> names = new LinkedHashMap<>();
		for (KafkaListenerEndpointRegistry registry : this.beans.ofType(KafkaListenerEndpointRegistry.class).values()) {
			registry.getListenerContainers()
				.forEach((container) -> names.putIfAbsent(container, container.getListenerId()));
		}
		this.beans.ofType(MessageListenerContainer.class)
			.forEach((name, container) -> names.putIfAbsent(container, name));
		this.threads.containers().forEach((container) -> names.putIfAbsent(container, name(container)));
		names.keySet().removeIf(KafkaContainers::takesReplies);
		return names.entrySet()
			.stream()
			.map((container) -> new KafkaContainer(container.getValue(), container.getKey(), this.threads,
					this.messages.get(container.getKey())))
			.toList();
	}

	private static String name(MessageListenerContainer container) {
		String id = container.getListenerId();
		return (id != null) ? id : String.valueOf(container.getGroupId());
	}

	private static boolean takesReplies(MessageListenerContainer container) {
		return container.getContainerProperties().getMessageListener() instanceof ReplyingKafkaTemplate;
	}

}
