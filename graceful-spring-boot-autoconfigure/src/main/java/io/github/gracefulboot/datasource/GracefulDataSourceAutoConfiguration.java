package io.github.gracefulboot.datasource;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.gracefulboot.shutdown.GracefulShutdown;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import io.github.gracefulboot.startup.StartupChecks;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * Auto-configuration of the wait for databases at start, and for borrowed connections at
 * stop.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { GracefulShutdownAutoConfiguration.class, GracefulStartupAutoConfiguration.class },
		afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnClass(DataSource.class)
@ConditionalOnBean(DataSource.class)
public final class GracefulDataSourceAutoConfiguration {

	/**
	 * At start.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(AbstractRoutingDataSource.class)
	@ConditionalOnBean(StartupChecks.class)
	@ConditionalOnBooleanProperty(name = "graceful.startup.check.datasource.enabled", matchIfMissing = true)
	static class CheckConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static DataSourceCheckPostProcessor gracefulDataSourceCheckPostProcessor(ObjectProvider<StartupChecks> checks) {
			return new DataSourceCheckPostProcessor(checks::getObject);
		}

	}

	/**
	 * At stop.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ DataSourceUnwrapper.class, HikariDataSource.class })
	@ConditionalOnBean(GracefulShutdown.class)
	static class PoolConfiguration {

		@Bean
		BorrowedConnections gracefulBorrowedConnections(ConfigurableListableBeanFactory beanFactory) {
			return new BorrowedConnections(new HikariPools(beanFactory));
		}

	}

}
