package io.github.gracefulboot.messaging.jms;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

import io.github.gracefulboot.shutdown.ExistingBeans;

import org.springframework.jms.config.JmsListenerEndpointRegistry;
import org.springframework.jms.listener.MessageListenerContainer;

/**
 * Finds the containers of Spring JMS.
 */
final class JmsContainers implements Supplier<Collection<JmsContainer>> {

	private final ExistingBeans beans;

	JmsContainers(ExistingBeans beans) {
		this.beans = beans;
	}

	@Override
	public Collection<JmsContainer> get() {
		Set<JmsContainer> containers = new LinkedHashSet<>();
		for (JmsListenerEndpointRegistry registry : this.beans.ofType(JmsListenerEndpointRegistry.class).values()) {
			for (String id : registry.getListenerContainerIds()) {
				containers.add(new JmsContainer(id, Objects.requireNonNull(registry.getListenerContainer(id))));
			}
		}
		this.beans.ofType(MessageListenerContainer.class)
			.forEach((name, container) -> containers.add(new JmsContainer(name, container)));
		return containers;
	}

}
