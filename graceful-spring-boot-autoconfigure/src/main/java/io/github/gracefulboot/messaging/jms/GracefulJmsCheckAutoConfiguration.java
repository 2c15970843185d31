package io.github.gracefulboot.messaging.jms;

import io.github.gracefulboot.startup.ConnectionChecks;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import io.github.gracefulboot.startup.StartupChecks;
import jakarta.jms.ConnectionFactory;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the startup check of JMS brokers.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = GracefulStartupAutoConfiguration.class)
@ConditionalOnClass(ConnectionFactory.class)
@ConditionalOnBean(StartupChecks.class)
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
