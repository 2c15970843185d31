package io.github.gracefulboot.messaging.kafka;

import io.github.gracefulboot.messaging.ListenerDrain;
import io.github.gracefulboot.messaging.MessagingProperties;
import io.github.gracefulboot.shutdown.ExistingBeans;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;

/**
 * Auto-configuration for draining Kafka listeners.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(KafkaListenerEndpointRegistry.class)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@EnableConfigurationProperties(MessagingProperties.class)
public final class GracefulKafkaAutoConfiguration {

	@Bean
	ConsumerThreads gracefulConsumerThreads() {
		return new ConsumerThreads();
	}

	@Bean
	ListenerDrain gracefulKafkaListeners(ShutdownSequence shutdown, MessagingProperties properties,
			ConfigurableListableBeanFactory beanFactory, ConsumerThreads gracefulConsumerThreads) {
		KafkaContainers containers = new KafkaContainers(new ExistingBeans(beanFactory), gracefulConsumerThreads);
		return new ListenerDrain("Kafka listeners", shutdown, properties, containers, containers::track);
	}

	/**
	 * Applies unless the application has configured this.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "spring.kafka.listener.immediate-stop", matchIfMissing = true)
	static class StopAfterRecordConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static StopAfterRecord gracefulStopAfterRecord() {
			return new StopAfterRecord();
		}

	}

}
