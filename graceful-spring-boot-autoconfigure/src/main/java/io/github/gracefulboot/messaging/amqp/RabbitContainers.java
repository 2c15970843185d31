package io.github.gracefulboot.messaging.amqp;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.github.gracefulboot.messaging.UnacknowledgedMessages;
import io.github.gracefulboot.shutdown.ExistingBeans;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.amqp.rabbit.AsyncRabbitTemplate;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.ObservableListenerContainer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.core.log.LogMessage;

/**
 * Finds Spring AMQP's containers, except for those that receive replies to requests of
 * this application, which work in flight may still wait for.
 */
final class RabbitContainers implements Supplier<Collection<RabbitContainer>> {

	private static final Log logger = LogFactory.getLog(RabbitContainers.class);

	private final ExistingBeans beans;

	private final boolean requeues;

	/**
	 * What listeners that acknowledge by themselves have not acknowledged.
	 */
	private final Map<ObservableListenerContainer, UnacknowledgedMessages> messages = new ConcurrentHashMap<>();

	RabbitContainers(ExistingBeans beans, boolean requeues) {
		this.beans = beans;
		this.requeues = requeues;
	}

	/**
	 * Tracks what listeners acknowledge by themselves. Called before they start.
	 */
	void track() {
		for (RabbitContainer container : get()) {
			try {
				if (container.container() instanceof AbstractMessageListenerContainer abstractContainer) {
					this.messages.computeIfAbsent(abstractContainer,
							(added) -> AcknowledgingListener.track(abstractContainer));
				}
			}
			catch (RuntimeException | Error ex) {
				logger.debug(LogMessage.format("Could not track what %s acknowledges", container.name()), ex);
			}
		}
	}

	@Override
	public Collection<RabbitContainer> get() {
		Set<RabbitContainer> containers = new LinkedHashSet<>();
		// The element type is in another package in Spring AMQP 4.0
		for (RabbitListenerEndpointRegistry registry : this.beans.ofType(RabbitListenerEndpointRegistry.class)
			.values()) {
			for (Object container : registry.getListenerContainers()) {
				if (container instanceof ObservableListenerContainer observable) {
					containers.add(container(observable.getListenerId(), observable));
				}
			}
		}
		this.beans.ofType(ObservableListenerContainer.class)
			.forEach((name, container) -> containers.add(container(name, container)));
		containers.removeIf((container) -> takesReplies(container.container()));
		return containers;
	}

	private RabbitContainer container(String name, ObservableListenerContainer container) {
		return new RabbitContainer(name, container, this.requeues, this.messages.get(container));
	}

	private static boolean takesReplies(ObservableListenerContainer container) {
		Object listener = (container instanceof AbstractMessageListenerContainer abstractContainer)
				? abstractContainer.getMessageListener() : null;
		return listener instanceof RabbitTemplate || listener instanceof AsyncRabbitTemplate;
	}

}
