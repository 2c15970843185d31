package io.github.gracefulboot.registry;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.traffic.Readiness;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;

/**
 * Auto-configuration for Spring Cloud's service registries.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(ServiceRegistry.class)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@ConditionalOnBooleanProperty(name = "graceful.registry.enabled", matchIfMissing = true)
public final class GracefulRegistryAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ServiceRegistryPostProcessor gracefulServiceRegistryPostProcessor(
			ObjectProvider<Registrations> registrations) {
		return new ServiceRegistryPostProcessor(registrations::getObject);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static Registrations gracefulRegistrations() {
		return new Registrations();
	}

	@Bean
	RegistryListener gracefulRegistryListener(Registrations registrations, Readiness readiness) {
		return new RegistryListener(registrations, readiness);
	}

}
