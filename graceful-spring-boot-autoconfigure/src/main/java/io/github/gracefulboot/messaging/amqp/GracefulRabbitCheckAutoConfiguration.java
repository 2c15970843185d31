package io.github.gracefulboot.messaging.amqp;

import java.util.List;

import io.github.gracefulboot.shutdown.ExistingBeans;
import io.github.gracefulboot.startup.ClientUse;
import io.github.gracefulboot.startup.ConnectionChecks;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;

import org.springframework.amqp.rabbit.connection.AbstractRoutingConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for the startup check of RabbitMQ.
 */
@AutoConfiguration(after = GracefulStartupAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(ConnectionFactory.class)
@ConditionalOnBean(name = GracefulStartupAutoConfiguration.CHECKS)
@ConditionalOnBooleanProperty(name = "graceful.startup.check.rabbit.enabled", matchIfMissing = true)
public final class GracefulRabbitCheckAutoConfiguration {

	@Bean
	static LazyInitializationExcludeFilter gracefulEagerRabbitConnectionFactories() {
		return (beanName, definition, type) -> ConnectionFactory.class.isAssignableFrom(type);
	}

	@Bean
	ConnectionChecks<ConnectionFactory> gracefulRabbitChecks(ConfigurableListableBeanFactory beanFactory,
			Environment environment) {
		ClientUse use = new ClientUse(
				beanFactory, environment, List.of("spring.rabbitmq.addresses", "spring.rabbitmq.host",
						"spring.rabbitmq.port", "spring.rabbitmq.virtual-host"),
				"RabbitConnectionDetails", () -> hasListeners(beanFactory));
		return new ConnectionChecks<>(beanFactory, ConnectionFactory.class, use::isWanted,
				(connectionFactory) -> !(connectionFactory instanceof AbstractRoutingConnectionFactory),
				(connectionFactory) -> connectionFactory.createConnection().close());
	}

	private static boolean hasListeners(ConfigurableListableBeanFactory beanFactory) {
		return new ExistingBeans(beanFactory).ofType(RabbitListenerEndpointRegistry.class)
			.values()
			.stream()
			.anyMatch((registry) -> !registry.getListenerContainerIds().isEmpty());
	}

}
