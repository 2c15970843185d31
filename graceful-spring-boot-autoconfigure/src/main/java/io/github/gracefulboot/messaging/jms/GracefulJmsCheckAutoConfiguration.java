package io.github.gracefulboot.messaging.jms;

import java.util.List;

import io.github.gracefulboot.startup.ClientUse;
import io.github.gracefulboot.startup.ConnectionChecks;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
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
import org.springframework.jms.config.JmsListenerEndpointRegistry;

/**
 * Auto-configuration for the startup check of JMS brokers.
 */
@AutoConfiguration(after = GracefulStartupAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(ConnectionFactory.class)
@ConditionalOnBean(name = GracefulStartupAutoConfiguration.CHECKS)
@ConditionalOnBooleanProperty(name = "graceful.startup.check.jms.enabled", matchIfMissing = true)
public final class GracefulJmsCheckAutoConfiguration {

	private static final Log logger = LogFactory.getLog(GracefulJmsCheckAutoConfiguration.class);

	/**
	 * By name, since Spring JMS is not required.
	 */
	private static final String REGISTRY = "org.springframework.jms.config.internalJmsListenerEndpointRegistry";

	@Bean
	static LazyInitializationExcludeFilter gracefulEagerJmsConnectionFactories() {
		return (beanName, definition, type) -> ConnectionFactory.class.isAssignableFrom(type);
	}

	@Bean
	ConnectionChecks<ConnectionFactory> gracefulJmsChecks(ConfigurableListableBeanFactory beanFactory,
			Environment environment) {
		ClientUse use = new ClientUse(beanFactory, environment,
				List.of("spring.artemis.broker-url", "spring.artemis.host", "spring.artemis.port",
						"spring.activemq.broker-url", "spring.jms.jndi-name"),
				"(Artemis|ActiveMQ)ConnectionDetails", () -> hasListeners(beanFactory));
		return new ConnectionChecks<>(beanFactory, ConnectionFactory.class, use::isWanted, (connectionFactory) -> true,
				GracefulJmsCheckAutoConfiguration::connect);
	}

	/**
	 * A broker that knows the client already, such as from the instance that this one
	 * replaces, is available.
	 */
	private static void connect(ConnectionFactory connectionFactory) throws JMSException {
		try {
			connectionFactory.createConnection().close();
		}
		catch (InvalidClientIDException ex) {
			logger.debug("The broker answers, though another connection has the client ID", ex);
		}
	}

	private static boolean hasListeners(ConfigurableListableBeanFactory beanFactory) {
		return beanFactory.containsSingleton(REGISTRY)
				&& beanFactory.getBean(REGISTRY) instanceof JmsListenerEndpointRegistry registry
				&& !registry.getListenerContainerIds().isEmpty();
	}

}
