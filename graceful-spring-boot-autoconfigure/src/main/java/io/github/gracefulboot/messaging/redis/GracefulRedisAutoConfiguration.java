package io.github.gracefulboot.messaging.redis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.github.gracefulboot.messaging.ListenerContainer;
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
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;

/**
 * Auto-configuration for draining Redis listeners of channels and streams.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(RedisMessageListenerContainer.class)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@EnableConfigurationProperties(MessagingProperties.class)
public final class GracefulRedisAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ChannelMessages gracefulChannelMessages() {
		return new ChannelMessages();
	}

	@Bean
	ListenerDrain gracefulRedisListeners(ShutdownSequence shutdown, MessagingProperties properties,
			ConfigurableListableBeanFactory beanFactory, ChannelMessages gracefulChannelMessages) {
		ExistingBeans beans = new ExistingBeans(beanFactory);
		return new ListenerDrain("Redis listeners", shutdown, properties,
				() -> containers(beans, gracefulChannelMessages));
	}

	private static Collection<ListenerContainer> containers(ExistingBeans beans, ChannelMessages messages) {
		List<ListenerContainer> containers = new ArrayList<>();
		beans.ofType(RedisMessageListenerContainer.class)
			.forEach(
					(name, container) -> containers.add(new ChannelContainer(name, container, messages.of(container))));
		beans.ofType(StreamMessageListenerContainer.class)
			.forEach((name, container) -> containers.add(new StreamContainer(name, container)));
		return containers;
	}

}
