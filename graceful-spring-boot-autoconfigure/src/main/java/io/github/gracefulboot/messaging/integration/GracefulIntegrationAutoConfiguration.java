package io.github.gracefulboot.messaging.integration;

import java.util.Collection;

import io.github.gracefulboot.messaging.ListenerDrain;
import io.github.gracefulboot.messaging.MessagingProperties;
import io.github.gracefulboot.shutdown.ExistingBeans;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.integration.endpoint.AbstractPollingEndpoint;
import org.springframework.integration.endpoint.PollingConsumer;

/**
 * Auto-configuration for draining Spring Integration's pollers and queue channels.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(AbstractPollingEndpoint.class)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@EnableConfigurationProperties(MessagingProperties.class)
public final class GracefulIntegrationAutoConfiguration {

	@Bean
	ListenerDrain gracefulPollers(ShutdownSequence shutdown, MessagingProperties properties,
			ConfigurableListableBeanFactory beanFactory) {
		ExistingBeans beans = new ExistingBeans(beanFactory);
		return new ListenerDrain("pollers", shutdown, properties, () -> endpoints(beans));
	}

	@Bean
	QueueChannelDrain gracefulQueueChannels(HandledMessages handledMessages, MessagingProperties properties,
			ConfigurableListableBeanFactory beanFactory) {
		return new QueueChannelDrain(new ExistingBeans(beanFactory), handledMessages, properties);
	}

	@Bean
	static HandledMessages gracefulHandledMessages() {
		return new HandledMessages();
	}

	private static Collection<PollingEndpoint> endpoints(ExistingBeans beans) {
		return beans.ofType(AbstractPollingEndpoint.class)
			.entrySet()
			.stream()
			.filter((endpoint) -> !(endpoint.getValue() instanceof PollingConsumer))
			.map((endpoint) -> new PollingEndpoint(endpoint.getKey(), endpoint.getValue()))
			.toList();
	}

}
