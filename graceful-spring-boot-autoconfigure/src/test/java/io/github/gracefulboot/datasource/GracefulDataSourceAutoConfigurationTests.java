package io.github.gracefulboot.datasource;

import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.gracefulboot.shutdown.Deadline;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulDataSourceAutoConfiguration}, with real pools.
 */
class GracefulDataSourceAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("spring.datasource.generate-unique-name=true")
		.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
				DataSourceAutoConfiguration.class, GracefulDataSourceAutoConfiguration.class));

	@Test
	void whenConnectionIsBorrowedThenTheDrainEndsWhenItIsGivenBack() {
		this.runner.run((context) -> {
			BorrowedConnections connections = context.getBean(BorrowedConnections.class);
			CompletableFuture<?> drained;
			try (Connection connection = context.getBean(DataSource.class).getConnection()) {
				drained = connections.drain(deadline(Duration.ofSeconds(30))).toCompletableFuture();
				assertThat(connections.activeTasks()).singleElement().asString().startsWith("1 borrowed from Hikari");
				assertThat(drained).isNotDone();
			}
			assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
			assertThat(connections.activeTasks()).isEmpty();
		});
	}

	@Test
	void whenNothingIsBorrowedThenIsDoneAtOnce() {
		this.runner.run((context) -> assertThat(
				context.getBean(BorrowedConnections.class).drain(deadline(Duration.ofSeconds(30))))
			.isCompleted());
	}

	@Test
	void whenPoolIsBehindAProxyThenItIsFoundAndCountedOnce() {
		this.runner
			.withBean("proxy", LazyConnectionDataSourceProxy.class,
					() -> new LazyConnectionDataSourceProxy(pool("behind-proxy")))
			.withBean("plain", HikariDataSource.class, () -> pool("plain"))
			.run((context) -> {
				BorrowedConnections connections = context.getBean(BorrowedConnections.class);
				HikariDataSource behindProxy = (HikariDataSource) context.getBean(LazyConnectionDataSourceProxy.class)
					.getTargetDataSource();
				try (behindProxy; Connection connection = behindProxy.getConnection()) {
					assertThat(connections.activeTasks()).singleElement()
						.asString()
						.isEqualTo("1 borrowed from behind-proxy");
				}
			});
	}

	@Test
	void whenPoolWasNeverUsedThenLookingDoesNotOpenIt() {
		HikariDataSource lazy = pool("lazy");
		this.runner.withBean("lazy", HikariDataSource.class, () -> lazy).run((context) -> {
			assertThat(context.getBean(BorrowedConnections.class).activeTasks()).isEmpty();
			assertThat(lazy.isRunning()).isFalse();
		});
	}

	@Test
	void whenHikariIsAbsentThenIsNotConfigured() {
		this.runner.withClassLoader(new FilteredClassLoader(HikariDataSource.class))
			.run((context) -> assertThat(context).doesNotHaveBean(BorrowedConnections.class));
	}

	@Test
	void whenGracefulIsDisabledThenIsNotConfigured() {
		this.runner.withPropertyValues("graceful.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(BorrowedConnections.class));
	}

	private static HikariDataSource pool(String name) {
		HikariDataSource dataSource = new HikariDataSource();
		dataSource.setPoolName(name);
		dataSource.setJdbcUrl("jdbc:h2:mem:" + name);
		return dataSource;
	}

	private static Deadline deadline(Duration timeout) {
		return Deadline.after(System::nanoTime, timeout);
	}

}
