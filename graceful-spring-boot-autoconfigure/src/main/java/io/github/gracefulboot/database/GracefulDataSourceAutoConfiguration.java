package io.github.gracefulboot.database;

import javax.sql.DataSource;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.WaitingPolicy;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jdbc.autoconfigure.DataSourcePoolMetadataProvidersConfiguration;
import org.springframework.boot.jdbc.metadata.CompositeDataSourcePoolMetadataProvider;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * Auto-configuration for borrowed connections of DataSources, which the shutdown waits
 * for.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class,
		afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ DataSource.class, DataSourcePoolMetadataProvider.class, AbstractRoutingDataSource.class })
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN, value = DataSource.class)
@Import(DataSourcePoolMetadataProvidersConfiguration.class)
public final class GracefulDataSourceAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static TransactionObserver gracefulTransactionObserver(Environment environment) {
		return new TransactionObserver(new OpenTransactions(
				environment.getProperty("graceful.datasource.borrow-stacks", boolean.class, false)));
	}

	@Bean
	BorrowedConnections gracefulBorrowedConnections(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<DataSourcePoolMetadataProvider> metadata, TransactionObserver observer,
			Environment environment, WaitingPolicy waitingPolicy) {
		ConnectionPools pools = new ConnectionPools(beanFactory,
				new CompositeDataSourcePoolMetadataProvider(metadata.orderedStream().toList()));
		return new BorrowedConnections("database connections", pools, BorrowedConnections.excluded(environment),
				observer.transactions(), waitingPolicy.drainsWork());
	}

}
