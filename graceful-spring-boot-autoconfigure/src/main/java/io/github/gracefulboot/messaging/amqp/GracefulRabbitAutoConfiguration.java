package io.github.gracefulboot.messaging.amqp;

import io.github.gracefulboot.messaging.ListenerDrain;
import io.github.gracefulboot.messaging.MessagingProperties;
import io.github.gracefulboot.shutdown.ExistingBeans;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;

import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for draining RabbitMQ listeners.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(RabbitListenerEndpointRegistry.class)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@EnableConfigurationProperties(MessagingProperties.class)
public final class GracefulRabbitAutoConfiguration {

	@Bean
	ListenerDrain gracefulRabbitListeners(ShutdownSequence shutdown, MessagingProperties properties,
			ConfigurableListableBeanFactory beanFactory, Environment environment) {
		boolean requeues = environment.getProperty("spring.rabbitmq.listener.simple.force-stop", Boolean.class, true);
		RabbitContainers containers = new RabbitContainers(new ExistingBeans(beanFactory), requeues);
		return new ListenerDrain("Rabbit listeners", shutdown, properties, containers, containers::track);
	}

}
