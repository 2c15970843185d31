package io.github.gracefulboot.messaging.jms;

import io.github.gracefulboot.startup.ConnectionChecks;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import jakarta.jms.ConnectionFactory;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * Auto-configuration for the startup check of JMS brokers.
 */
@AutoConfiguration(after = GracefulStartupAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(ConnectionFactory.class)
@ConditionalOnBean(name = GracefulStartupAutoConfiguration.CHECKS)
@ConditionalOnBooleanProperty(name = "graceful.startup.check.jms.enabled", matchIfMissing = true)
public final class GracefulJmsCheckAutoConfiguration {

	@Bean
	static LazyInitializationExcludeFilter gracefulEagerJmsConnectionFactories() {
		return (beanName, definition, type) -> ConnectionFactory.class.isAssignableFrom(type);
	}

	@Bean
	ConnectionChecks<ConnectionFactory> gracefulJmsChecks(ConfigurableListableBeanFactory beanFactory) {
		return new ConnectionChecks<>(beanFactory, ConnectionFactory.class, (connectionFactory) -> true,
				(connectionFactory) -> connectionFactory.createConnection().close());
	}

}
