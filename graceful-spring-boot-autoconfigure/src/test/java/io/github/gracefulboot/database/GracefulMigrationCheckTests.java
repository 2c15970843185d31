package io.github.gracefulboot.database;

import javax.sql.DataSource;

import io.github.gracefulboot.database.GracefulDataSourceCheckTests.LateDatabase;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import liquibase.integration.spring.SpringLiquibase;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the waits before schema migrations whose DataSource is no bean.
 */
@ExtendWith(OutputCaptureExtension.class)
class GracefulMigrationCheckTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("graceful.startup.timeout=60s")
		.withConfiguration(
				AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, GracefulStartupAutoConfiguration.class,
						GracefulFlywayCheckAutoConfiguration.class, GracefulLiquibaseCheckAutoConfiguration.class));

	@Test
	void whenFlywayConnectsByItselfThenItsDatabaseIsWaitedFor(CapturedOutput output) {
		this.runner.withUserConfiguration(Migrating.class).run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Waiting for flyway: Connection refused", "flyway became available after");
	}

	@Test
	void whenLiquibaseConnectsByItselfThenItsDatabaseIsWaitedFor(CapturedOutput output) {
		this.runner.withBean("liquibase", SpringLiquibase.class, () -> liquibase(new LateDatabase(3)))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Waiting for liquibase: Connection refused", "liquibase became available after");
	}

	@Test
	void whenTheDatabaseNeverComesThenTheFailureNamesTheMigration() {
		this.runner.withPropertyValues("graceful.startup.timeout=100ms")
			.withBean("liquibase", SpringLiquibase.class, () -> liquibase(new LateDatabase(Integer.MAX_VALUE)))
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("liquibase was still unavailable after"));
	}

	@Test
	void whenItUsesADataSourceThatIsABeanThenThatIsNotWaitedForAgain() {
		LateDatabase database = new LateDatabase(1);
		this.runner.withBean("database", LateDatabase.class, () -> database)
			.withBean("liquibase", SpringLiquibase.class, () -> liquibase(database))
			.run((context) -> assertThat(database.attempts()).isZero());
	}

	@Test
	void whenNeitherIsOnTheClassPathThenStarts() {
		this.runner.withClassLoader(new FilteredClassLoader(Flyway.class, SpringLiquibase.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(MigrationCheckPostProcessor.class));
	}

	private static SpringLiquibase liquibase(DataSource dataSource) {
		SpringLiquibase liquibase = new SpringLiquibase();
		liquibase.setDataSource(dataSource);
		liquibase.setShouldRun(false);
		return liquibase;
	}

	@Configuration(proxyBeanMethods = false)
	static class Migrating {

		@Bean(initMethod = "migrate")
		Flyway flyway() {
			return Flyway.configure().dataSource(new LateDatabase(3)).load();
		}

	}

}
