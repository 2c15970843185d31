package io.github.gracefulboot.messaging.redis;

import io.github.gracefulboot.startup.ConnectionChecks;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Auto-configuration for the startup check of Redis.
 */
@AutoConfiguration(after = GracefulStartupAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(RedisConnectionFactory.class)
@ConditionalOnBean(name = GracefulStartupAutoConfiguration.CHECKS)
@ConditionalOnBooleanProperty(name = "graceful.startup.check.redis.enabled", matchIfMissing = true)
public final class GracefulRedisCheckAutoConfiguration {

	@Bean
	static LazyInitializationExcludeFilter gracefulEagerRedisConnectionFactories() {
		return (beanName, definition, type) -> RedisConnectionFactory.class.isAssignableFrom(type);
	}

	@Bean
	ConnectionChecks<RedisConnectionFactory> gracefulRedisChecks(ConfigurableListableBeanFactory beanFactory) {
		return new ConnectionChecks<>(beanFactory, RedisConnectionFactory.class, (connectionFactory) -> true,
				GracefulRedisCheckAutoConfiguration::ping);
	}

	private static void ping(RedisConnectionFactory connectionFactory) {
		try (RedisConnection connection = connectionFactory.getConnection()) {
			connection.ping();
		}
	}

}
