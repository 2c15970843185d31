package io.github.gracefulboot.database;

import java.time.Duration;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.startup.ConnectionChecks;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import io.github.gracefulboot.startup.StartupChecks;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ValidationDepth;
import reactor.core.publisher.Mono;

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
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.r2dbc.connection.lookup.AbstractRoutingConnectionFactory;

/**
 * Auto-configuration for R2DBC: waits for databases during the start, and for borrowed
 * connections during the shutdown.
 */
@AutoConfiguration(after = { GracefulShutdownAutoConfiguration.class, GracefulStartupAutoConfiguration.class },
		afterName = "org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration")
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ ConnectionFactory.class, Mono.class })
@ConditionalOnBean(ConnectionFactory.class)
public final class GracefulR2dbcAutoConfiguration {

	/**
	 * Startup checks.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(AbstractRoutingConnectionFactory.class)
	@ConditionalOnBean(name = GracefulStartupAutoConfiguration.CHECKS)
	@ConditionalOnBooleanProperty(name = "graceful.startup.check.r2dbc.enabled", matchIfMissing = true)
	static class CheckConfiguration {

		private static final Duration ATTEMPT = Duration.ofSeconds(5);

		@Bean
		static LazyInitializationExcludeFilter gracefulEagerR2dbcConnectionFactories() {
			return (beanName, definition, type) -> ConnectionFactory.class.isAssignableFrom(type);
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static R2dbcCheckPostProcessor gracefulR2dbcCheckPostProcessor(ConfigurableListableBeanFactory beanFactory,
				ObjectProvider<StartupChecks> checks) {
			ConnectionChecks<ConnectionFactory> attempts = new ConnectionChecks<>(beanFactory, ConnectionFactory.class,
					(name) -> true, (connectionFactory) -> true, CheckConfiguration::connect);
			return new R2dbcCheckPostProcessor(checks::getObject, attempts::check);
		}

		private static void connect(ConnectionFactory connectionFactory) {
			Boolean valid = Mono
				.usingWhen(connectionFactory.create(),
						(connection) -> Mono.from(connection.validate(ValidationDepth.REMOTE)), Connection::close)
				.block(ATTEMPT);
			if (!Boolean.TRUE.equals(valid)) {
				throw new DataAccessResourceFailureException("The connection is invalid");
			}
		}

	}

	/**
	 * Draining of pools.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ConnectionPool.class)
	@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
	static class PoolConfiguration {

		// Holders are unknown, since reactive work is not bound to a thread
		@Bean
		BorrowedConnections gracefulBorrowedR2dbcConnections(ConfigurableListableBeanFactory beanFactory,
				Environment environment, WaitingPolicy waitingPolicy) {
			return new BorrowedConnections("R2DBC connections", new R2dbcPools(beanFactory),
					BorrowedConnections.excluded(environment), null, waitingPolicy.drainsWork());
		}

	}

}
