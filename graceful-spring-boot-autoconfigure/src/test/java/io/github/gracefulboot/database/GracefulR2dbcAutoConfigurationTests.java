package io.github.gracefulboot.database;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Background;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import io.r2dbc.h2.H2ConnectionFactory;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.connection.TransactionAwareConnectionFactoryProxy;
import org.springframework.r2dbc.connection.lookup.AbstractRoutingConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulR2dbcAutoConfiguration}, with a real pool.
 */
class GracefulR2dbcAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("graceful.startup.timeout=10s")
		.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
				GracefulStartupAutoConfiguration.class, GracefulR2dbcAutoConfiguration.class));

	@Test
	void whenConnectionIsBorrowedThenTheDrainEndsWhenItIsGivenBack() {
		ConnectionPool pool = pool(H2ConnectionFactory.inMemory("pool"));
		this.runner.withBean("database", ConnectionFactory.class, () -> pool)
			.withBean("proxy", ConnectionFactory.class, () -> new TransactionAwareConnectionFactoryProxy(pool))
			.run((context) -> {
				BorrowedConnections connections = context.getBean(BorrowedConnections.class);
				Deadline deadline = Deadline.after(System::nanoTime, Duration.ofSeconds(30));
				assertThat(Background.drain(connections, deadline)).succeedsWithin(Duration.ofSeconds(10));
				Connection connection = pool.create().block();
				CompletableFuture<?> drained = Background.drain(connections, deadline);
				assertThat(connections.activeTasks()).map(ActiveTask::toString)
					.containsExactly("1 borrowed from database");
				assertThat(drained).isNotDone();
				Mono.from(connection.close()).block();
				assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
			});
	}

	@Test
	void whenDatabaseComesUpThenTheStartGoesOn() {
		LateDatabase database = new LateDatabase(3);
		this.runner.withBean(ConnectionFactory.class, () -> database).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(ConnectionPool.class);
			assertThat(database.attempts).hasValue(4);
		});
	}

	@Test
	void whenDatabaseNeverComesUpThenTheStartFailsAndNamesIt() {
		this.runner.withPropertyValues("graceful.startup.timeout=100ms")
			.withBean("late", ConnectionFactory.class, () -> new LateDatabase(Integer.MAX_VALUE))
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("late was still unavailable after")
				.hasStackTraceContaining("No database yet"));
	}

	@Test
	void whenABeanConnectsAsItIsCreatedThenItComesAfterTheWait() {
		LateDatabase database = new LateDatabase(3);
		this.runner.withUserConfiguration(Connecting.class)
			.withBean("database", ConnectionFactory.class, () -> database)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenCheckIsDisabledThenNobodyConnects() {
		LateDatabase database = new LateDatabase(0);
		this.runner.withPropertyValues("graceful.startup.check.r2dbc.enabled=false")
			.withBean(ConnectionFactory.class, () -> database)
			.run((context) -> assertThat(database.attempts).hasValue(0));
	}

	@Test
	void whenItRoutesByTenantThenItsTargetsAreWaitedFor() {
		LateDatabase database = new LateDatabase(1);
		AbstractRoutingConnectionFactory routing = new AbstractRoutingConnectionFactory() {

			@Override
			protected Mono<Object> determineCurrentLookupKey() {
				return Mono.error(new IllegalStateException("No tenant"));
			}

		};
		routing.setTargetConnectionFactories(Map.of("a", database));
		this.runner.withBean("routing", ConnectionFactory.class, () -> routing)
			.withBean("target", ConnectionFactory.class, () -> database)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(database.attempts).hasValue(2);
			});
	}

	private static ConnectionPool pool(ConnectionFactory connectionFactory) {
		return new ConnectionPool(ConnectionPoolConfiguration.builder(connectionFactory).maxSize(2).build());
	}

	/**
	 * Refuses the first connections.
	 */
	private static final class LateDatabase implements ConnectionFactory {

		private final ConnectionFactory database = H2ConnectionFactory.inMemory("late-r2dbc");

		private final AtomicInteger attempts = new AtomicInteger();

		private final int refused;

		LateDatabase(int refused) {
			this.refused = refused;
		}

		@Override
		public Publisher<? extends Connection> create() {
			return Mono.defer(() -> (this.attempts.incrementAndGet() > this.refused) ? Mono.from(this.database.create())
					: Mono.error(new R2dbcNonTransientResourceException("No database yet")));
		}

		@Override
		public ConnectionFactoryMetadata getMetadata() {
			return this.database.getMetadata();
		}

	}

	/**
	 * As Spring Boot's initializer of a database by scripts does.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Connecting {

		@Bean
		Connection connection(ConnectionFactory database) {
			return Objects.requireNonNull(Mono.from(database.create()).block());
		}

	}

}
