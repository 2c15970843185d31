package io.github.gracefulboot.datasource;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.gracefulboot.shutdown.GracefulShutdown;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the wait for borrowed database connections.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class,
		afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnClass({ DataSource.class, DataSourceUnwrapper.class, HikariDataSource.class })
@ConditionalOnBean({ GracefulShutdown.class, DataSource.class })
public final class GracefulDataSourceAutoConfiguration {

	@Bean
	BorrowedConnections gracefulBorrowedConnections(ConfigurableListableBeanFactory beanFactory) {
		return new BorrowedConnections(new HikariPools(beanFactory));
	}

}
