package io.github.gracefulboot.messaging.jms;

import io.github.gracefulboot.messaging.ListenerDrain;
import io.github.gracefulboot.messaging.MessagingProperties;
import io.github.gracefulboot.shutdown.ExistingBeans;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import jakarta.jms.ConnectionFactory;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.jms.config.JmsListenerEndpointRegistry;

/**
 * Auto-configuration for draining JMS listeners.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ ConnectionFactory.class, JmsListenerEndpointRegistry.class })
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@EnableConfigurationProperties(MessagingProperties.class)
public final class GracefulJmsAutoConfiguration {

	@Bean
	ListenerDrain gracefulJmsListeners(ShutdownSequence shutdown, MessagingProperties properties,
			ConfigurableListableBeanFactory beanFactory) {
		return new ListenerDrain("JMS listeners", shutdown, properties,
				new JmsContainers(new ExistingBeans(beanFactory)));
	}

}
