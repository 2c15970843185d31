package io.github.gracefulboot.database;

import java.util.function.UnaryOperator;

import javax.sql.DataSource;

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
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;

/**
 * Auto-configuration for startup checks of DataSources.
 */
@AutoConfiguration(after = GracefulStartupAutoConfiguration.class,
		afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ DataSource.class, AbstractRoutingDataSource.class })
@ConditionalOnBean(name = GracefulStartupAutoConfiguration.CHECKS, value = DataSource.class)
@ConditionalOnBooleanProperty(name = "graceful.startup.check.datasource.enabled", matchIfMissing = true)
public final class GracefulDataSourceCheckAutoConfiguration {

	// With lazy initialization, the first request would create the DataSource
	@Bean
	LazyInitializationExcludeFilter gracefulEagerDataSources() {
		return (beanName, definition, type) -> DataSource.class.isAssignableFrom(type);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static DataSourceCheckPostProcessor gracefulDataSourceCheckPostProcessor(
			ConfigurableListableBeanFactory beanFactory, ObjectProvider<StartupChecks> checks) {
		boolean hikari = ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource", null);
		return new DataSourceCheckPostProcessor(beanFactory, checks::getObject,
				hikari ? new UnpooledHikari() : UnaryOperator.identity(),
				hikari ? UnpooledHikari::isInMemory : (dataSource) -> false,
				hikari ? UnpooledHikari::startsWithoutConnection : (dataSource) -> false);
	}

}
