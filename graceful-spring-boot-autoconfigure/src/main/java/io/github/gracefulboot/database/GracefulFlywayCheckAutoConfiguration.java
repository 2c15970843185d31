package io.github.gracefulboot.database;

import javax.sql.DataSource;

import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import io.github.gracefulboot.startup.StartupChecks;
import org.flywaydb.core.Flyway;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;

/**
 * Auto-configuration for the startup check of databases that Flyway connects to by
 * itself.
 */
@AutoConfiguration(after = GracefulStartupAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ DataSource.class, Flyway.class })
public final class GracefulFlywayCheckAutoConfiguration {

	/**
	 * Startup checks.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(name = GracefulStartupAutoConfiguration.CHECKS)
	@ConditionalOnBooleanProperty(name = "graceful.startup.check.datasource.enabled", matchIfMissing = true)
	static class CheckConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static MigrationCheckPostProcessor<Flyway> gracefulFlywayCheckPostProcessor(
				ConfigurableListableBeanFactory beanFactory, ObjectProvider<StartupChecks> checks) {
			return new MigrationCheckPostProcessor<>(beanFactory, checks::getObject, Flyway.class,
					(flyway) -> flyway.getConfiguration().getDataSource());
		}

	}

}
