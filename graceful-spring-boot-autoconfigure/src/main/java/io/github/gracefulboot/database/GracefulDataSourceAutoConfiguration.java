package io.github.gracefulboot.database;

import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import io.github.gracefulboot.startup.StartupChecks;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jdbc.autoconfigure.DataSourcePoolMetadataProvidersConfiguration;
import org.springframework.boot.jdbc.metadata.CompositeDataSourcePoolMetadataProvider;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;

/**
 * Auto-configuration for DataSources: waits for databases during the start, and for
 * borrowed connections during the shutdown.
 */
@AutoConfiguration(after = { GracefulShutdownAutoConfiguration.class, GracefulStartupAutoConfiguration.class },
		afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnClass(DataSource.class)
@ConditionalOnBean(DataSource.class)
public final class GracefulDataSourceAutoConfiguration {

	/**
	 * Startup checks.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(AbstractRoutingDataSource.class)
	@ConditionalOnBean(name = GracefulStartupAutoConfiguration.CHECKS)
	@ConditionalOnBooleanProperty(name = "graceful.startup.check.datasource.enabled", matchIfMissing = true)
	static class CheckConfiguration {

		// With lazy initialization, the first request would create the DataSource
		@Bean
		static LazyInitializationExcludeFilter gracefulEagerDataSources() {
			return (beanName, definition, type) -> DataSource.class.isAssignableFrom(type);
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static DataSourceCheckPostProcessor gracefulDataSourceCheckPostProcessor(ObjectProvider<StartupChecks> checks) {
			boolean hikari = ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource", null);
			return new DataSourceCheckPostProcessor(checks::getObject,
					hikari ? new UnpooledHikari() : UnaryOperator.identity());
		}

	}

	/**
	 * Draining of pools.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ DataSourcePoolMetadataProvider.class, AbstractRoutingDataSource.class })
	@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
	@Import(DataSourcePoolMetadataProvidersConfiguration.class)
	static class PoolConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static TransactionObserver gracefulTransactionObserver(Environment environment) {
			return new TransactionObserver(new OpenTransactions(
					environment.getProperty("graceful.datasource.borrow-stacks", boolean.class, false)));
		}

		@Bean
		BorrowedConnections gracefulBorrowedConnections(ConfigurableListableBeanFactory beanFactory,
				ObjectProvider<DataSourcePoolMetadataProvider> metadata, TransactionObserver observer) {
			return new BorrowedConnections("database connections",
					new ConnectionPools(beanFactory,
							new CompositeDataSourcePoolMetadataProvider(metadata.orderedStream().toList())),
					observer.transactions());
		}

	}

}
