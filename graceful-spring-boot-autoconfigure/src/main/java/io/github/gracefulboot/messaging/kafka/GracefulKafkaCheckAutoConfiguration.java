package io.github.gracefulboot.messaging.kafka;

import io.github.gracefulboot.startup.ConnectionChecks;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import io.github.gracefulboot.startup.StartupChecks;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Auto-configuration for the startup check of Kafka.
 */
@AutoConfiguration(after = GracefulStartupAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(KafkaAdmin.class)
public final class GracefulKafkaCheckAutoConfiguration {

	/**
	 * Startup checks.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(name = GracefulStartupAutoConfiguration.CHECKS)
	@ConditionalOnBooleanProperty(name = "graceful.startup.check.kafka.enabled", matchIfMissing = true)
	static class CheckConfiguration {

		@Bean
		static LazyInitializationExcludeFilter gracefulEagerKafkaAdmins() {
			return (beanName, definition, type) -> KafkaAdmin.class.isAssignableFrom(type);
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static KafkaCheckPostProcessor gracefulKafkaCheckPostProcessor(ObjectProvider<StartupChecks> checks,
				ConfigurableListableBeanFactory beanFactory, Environment environment) {
			KafkaUse kafka = new KafkaUse(beanFactory, environment);
			return new KafkaCheckPostProcessor(checks::getObject, kafka::isRequiredEarly);
		}

		@Bean
		ConnectionChecks<KafkaAdmin> gracefulKafkaChecks(ConfigurableListableBeanFactory beanFactory,
				Environment environment) {
			KafkaUse kafka = new KafkaUse(beanFactory, environment);
			return new ConnectionChecks<>(beanFactory, KafkaAdmin.class, kafka::isRequiredLate,
					KafkaCheckPostProcessor::hasServers,
					(admin) -> new KafkaBrokerCheck(admin.getConfigurationProperties()).check());
		}

	}

}
