package io.github.gracefulboot.messaging.redis;

import java.util.List;
import java.util.regex.Pattern;

import io.github.gracefulboot.startup.ClientUse;
import io.github.gracefulboot.startup.ConnectionChecks;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

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

	private static final Log logger = LogFactory.getLog(GracefulRedisCheckAutoConfiguration.class);

	/**
	 * Replies to a command that the user may not call, or that a proxy does not know.
	 */
	private static final Pattern REFUSED_COMMAND = Pattern.compile("\\bNOPERM\\b|unknown command",
			Pattern.CASE_INSENSITIVE);

	@Bean
	static LazyInitializationExcludeFilter gracefulEagerRedisConnectionFactories() {
		return (beanName, definition, type) -> RedisConnectionFactory.class.isAssignableFrom(type);
	}

	@Bean
	ConnectionChecks<RedisConnectionFactory> gracefulRedisChecks(ConfigurableListableBeanFactory beanFactory,
			Environment environment) {
		ClientUse use = new ClientUse(beanFactory, environment,
				List.of("spring.data.redis.url", "spring.data.redis.host", "spring.data.redis.port",
						"spring.data.redis.cluster.nodes", "spring.data.redis.sentinel.nodes",
						"spring.data.redis.masterreplica.nodes"),
				"(Data)?RedisConnectionDetails", () -> false);
		return new ConnectionChecks<>(beanFactory, RedisConnectionFactory.class, use::isWanted,
				(connectionFactory) -> true, GracefulRedisCheckAutoConfiguration::ping);
	}

	private static void ping(RedisConnectionFactory connectionFactory) {
		try (RedisConnection connection = connectionFactory.getConnection()) {
			connection.ping();
		}
		catch (RuntimeException ex) {
			if (!isRefusedCommand(ex)) {
				throw ex;
			}
			logger.debug("Redis answers, though it does not let this user ping it", ex);
		}
	}

	private static boolean isRefusedCommand(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause.getMessage() != null && REFUSED_COMMAND.matcher(cause.getMessage()).find()) {
				return true;
			}
		}
		return false;
	}

}
