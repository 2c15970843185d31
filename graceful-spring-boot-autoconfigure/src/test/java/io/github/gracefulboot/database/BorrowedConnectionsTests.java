package io.github.gracefulboot.database;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Background;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import jakarta.persistence.EntityManagerFactory;
import org.apache.commons.dbcp2.BasicDataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulDataSourceAutoConfiguration}, with real pools.
 */
@ExtendWith(OutputCaptureExtension.class)
class BorrowedConnectionsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("spring.datasource.generate-unique-name=true")
		.withConfiguration(
				AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, DataSourceAutoConfiguration.class,
						DataSourceTransactionManagerAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
						TransactionAutoConfiguration.class, GracefulDataSourceAutoConfiguration.class));

	@ParameterizedTest
	@ValueSource(
			classes = { HikariDataSource.class, org.apache.tomcat.jdbc.pool.DataSource.class, BasicDataSource.class })
	void whenConnectionIsBorrowedThenTheDrainEndsWhenItIsGivenBack(Class<? extends DataSource> type) {
		this.runner
			.withPropertyValues("spring.datasource.type=" + type.getName(), "spring.datasource.url=jdbc:h2:mem:pool",
					"spring.datasource.username=sa")
			.run((context) -> {
				assertThat(context).getBean(DataSource.class).isInstanceOf(type);
				BorrowedConnections connections = context.getBean(BorrowedConnections.class);
				CompletableFuture<?> drained;
				try (Connection connection = context.getBean(DataSource.class).getConnection()) {
					drained = Background.drain(connections, seconds(30));
					assertThat(connections.activeTasks()).singleElement()
						.asString()
						.isEqualTo("1 borrowed from dataSource");
					assertThat(drained).isNotDone();
				}
				assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
				assertThat(connections.activeTasks()).isEmpty();
			});
	}

	/**
	 * As a loop does that listens for notifications of the database.
	 */
	@Test
	void whenNothingRunsOnABorrowedConnectionThenItIsNotWaitedForLong(CapturedOutput output) {
		this.runner.run((context) -> {
			BorrowedConnections connections = context.getBean(BorrowedConnections.class);
			try (Connection connection = context.getBean(DataSource.class).getConnection()) {
				assertThat(connection.isValid(1)).isTrue();
				assertThat(Background.drain(connections, seconds(60))).succeedsWithin(Duration.ofSeconds(20));
				assertThat(connections.activeTasks()).isEmpty();
			}
		});
		assertThat(output).containsOnlyOnce("Not waiting for connections on which nothing runs: 1 borrowed from "
				+ "dataSource. If they are held as long as the application runs, set "
				+ "graceful.datasource.exclude=dataSource");
	}

	@Test
	void whenPoolIsExcludedThenItIsNotWaitedFor(CapturedOutput output) {
		this.runner.withPropertyValues("graceful.datasource.exclude=other,dataSource")
			.run((context) -> assertThatNothingIsWaitedFor(context, output));
	}

	@ParameterizedTest
	@ValueSource(strings = { "server.shutdown=immediate", WaitingPolicy.TEST_PROPERTY + "=true" })
	void whenThePolicyIsNotToWaitThenConnectionsAreNotWaitedForEither(String property, CapturedOutput output) {
		this.runner.withPropertyValues(property).run((context) -> assertThatNothingIsWaitedFor(context, output));
	}

	private static void assertThatNothingIsWaitedFor(ApplicationContext context, CapturedOutput output)
			throws Exception {
		BorrowedConnections connections = context.getBean(BorrowedConnections.class);
		try (Connection connection = context.getBean(DataSource.class).getConnection()) {
			assertThat(connection.isValid(1)).isTrue();
			connections.drain(seconds(60));
			assertThat(connections.activeTasks()).isEmpty();
		}
		assertThat(output).doesNotContain("Not waiting for connections");
	}

	@Test
	void whenNothingIsBorrowedThenIsDoneAtOnce() {
		this.runner.run((context) -> {
			context.getBean(JdbcTemplate.class).execute("select 1");
			assertThat(Background.drain(context.getBean(BorrowedConnections.class), seconds(30)))
				.succeedsWithin(Duration.ofSeconds(10));
		});
	}

	@Test
	void whenPoolIsBehindProxiesAndRoutersThenItIsFoundAndCountedOnce() {
		HikariDataSource one = pool("one");
		HikariDataSource other = pool("other");
		this.runner.withBean("one", HikariDataSource.class, () -> one)
			.withBean("lazy", DataSource.class, () -> new LazyConnectionDataSourceProxy(one))
			.withBean("advised", DataSource.class, () -> (DataSource) new ProxyFactory(one).getProxy())
			.withBean("routing", DataSource.class, () -> routing(Map.of("a", one, "b", other)))
			.run((context) -> {
				try (other) {
					one.getConnection();
					other.getConnection();
					assertThat(context.getBean(BorrowedConnections.class).activeTasks()).map(ActiveTask::toString)
						.containsExactly("1 borrowed from one", "1 borrowed from routing.b");
				}
			});
	}

	@Test
	void whenARouterFindsItsTargetsByItselfThenItsPoolsAreNotCounted() {
		this.runner.withBean("routing", DataSource.class, OwnRouter::new)
			.run((context) -> assertThat(context.getBean(BorrowedConnections.class).activeTasks()).isEmpty());
	}

	@Test
	void whenPoolComesFromAFactoryOrAScopeThenItIsFound() {
		HikariDataSource made = pool("made");
		HikariDataSource scoped = pool("scoped");
		this.runner.withBean("made", PoolFactory.class, () -> new PoolFactory(made)).withInitializer((context) -> {
			RootBeanDefinition definition = new RootBeanDefinition(DataSource.class, "thread", () -> scoped);
			context.getBeanFactory().registerScope("thread", new SimpleThreadScope());
			BeanDefinitionHolder proxy = ScopedProxyUtils.createScopedProxy(
					new BeanDefinitionHolder(definition, "scoped"), (BeanDefinitionRegistry) context, false);
			((BeanDefinitionRegistry) context).registerBeanDefinition(proxy.getBeanName(), proxy.getBeanDefinition());
		}).run((context) -> {
			try (made; scoped) {
				context.getBean("made", DataSource.class).getConnection();
				context.getBean("scoped", DataSource.class).getConnection();
				assertThat(context.getBean(BorrowedConnections.class).activeTasks()).map(ActiveTask::toString)
					.containsExactlyInAnyOrder("1 borrowed from made", "1 borrowed from scoped");
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
	void whenTransactionIsOpenThenItsThreadIsNamedUntilItEnds() {
		this.runner.run((context) -> {
			BorrowedConnections connections = context.getBean(BorrowedConnections.class);
			TransactionTemplate transaction = context.getBean(TransactionTemplate.class);
			transaction.setName("OrderService.place");
			transaction.executeWithoutResult((status) -> assertThat(connections.activeTasks()).anySatisfy((task) -> {
				assertThat(task.toString()).startsWith("transaction OrderService.place for 0.")
					.endsWith(" on thread " + Thread.currentThread().getName());
				assertThat(task.thread()).isSameAs(Thread.currentThread());
			}));
			assertThat(connections.activeTasks()).isEmpty();
			transaction.executeWithoutResult((status) -> status.setRollbackOnly());
			assertThat(connections.activeTasks()).isEmpty();
		});
	}

	@Test
	void whenDataSourceHasNoPoolThenItsTransactionsAreWaitedForAllTheSame() {
		SimpleDriverDataSource unpooled = new SimpleDriverDataSource(new org.h2.Driver(), "jdbc:h2:mem:unpooled");
		CountDownLatch end = new CountDownLatch(1);
		this.runner.withBean(DataSource.class, () -> unpooled).run((context) -> {
			BorrowedConnections connections = context.getBean(BorrowedConnections.class);
			CompletableFuture<Void> work = Background
				.run(() -> context.getBean(TransactionTemplate.class).executeWithoutResult((status) -> await(end)));
			Awaitility.await().until(() -> connections.activeTasks().size() == 1);
			CompletableFuture<?> drained = Background.drain(connections, seconds(30));
			assertThat(drained).isNotDone();
			end.countDown();
			assertThat(work).succeedsWithin(Duration.ofSeconds(10));
			assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
		});
	}

	@Test
	void whenManagerIsTheUsersOwnThenItsTransactionsAreSeen() {
		this.runner.withUserConfiguration(OwnManager.class).run((context) -> {
			BorrowedConnections connections = context.getBean(BorrowedConnections.class);
			new TransactionTemplate(context.getBean(JdbcTransactionManager.class))
				.executeWithoutResult((status) -> assertThat(connections.activeTasks()).hasSize(2));
			assertThat(connections.activeTasks()).isEmpty();
		});
	}

	@Test
	void whenTransactionIsOfAnEntityManagerThenItIsSeen() {
		this.runner.withUserConfiguration(EntityManagers.class).run((context) -> {
			BorrowedConnections connections = context.getBean(BorrowedConnections.class);
			new TransactionTemplate(context.getBean(JpaTransactionManager.class))
				.executeWithoutResult((status) -> assertThat(connections.activeTasks()).map(ActiveTask::thread)
					.contains(Thread.currentThread()));
			assertThat(connections.activeTasks()).isEmpty();
		});
	}

	@Test
	void whenEndOfTransactionIsNotToldThenItIsNotTakenForOpen() {
		this.runner.run((context) -> {
			TransactionTemplate transaction = context.getBean(TransactionTemplate.class);
			for (int i = 0; i < 1000; i++) {
				transaction.executeWithoutResult((status) -> status.flush());
			}
			assertThat(context.getBean(BorrowedConnections.class).activeTasks()).isEmpty();
		});
	}

	@Test
	void whenAskedToThenTellsWhereAnEndlessTransactionWasBegun(CapturedOutput output) {
		CountDownLatch end = new CountDownLatch(1);
		this.runner.withPropertyValues("graceful.datasource.borrow-stacks=true").run((context) -> {
			BorrowedConnections connections = context.getBean(BorrowedConnections.class);
			CompletableFuture<Void> work = Background
				.run(() -> endless(context.getBean(TransactionTemplate.class), end));
			Awaitility.await().until(() -> connections.activeTasks().size() == 2);
			CompletableFuture<?> drained = Background.drain(connections, after(Duration.ofMillis(50)));
			Awaitility.await().until(() -> output.toString().contains("Still open: transaction for"));
			assertThat(output).contains("Begun here").contains("BorrowedConnectionsTests.endless");
			assertThat(drained).isNotDone();
			end.countDown();
			assertThat(work).succeedsWithin(Duration.ofSeconds(10));
		});
	}

	private static void endless(TransactionTemplate transaction, CountDownLatch end) {
		transaction.executeWithoutResult((status) -> await(end));
	}

	@ParameterizedTest
	@ValueSource(
			classes = { HikariDataSource.class, org.apache.tomcat.jdbc.pool.DataSource.class, BasicDataSource.class })
	void whenStatementRunsOutsideOfTransactionThenItsThreadIsNamed(Class<? extends DataSource> type) {
		this.runner
			.withPropertyValues("spring.datasource.type=" + type.getName(),
					"spring.datasource.url=jdbc:h2:mem:statement;LOCK_TIMEOUT=30000", "spring.datasource.username=sa")
			.run((context) -> {
				BorrowedConnections connections = context.getBean(BorrowedConnections.class);
				JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
				jdbc.execute("create table stock (units int) as values (1)");
				try (Connection locking = context.getBean(DataSource.class).getConnection()) {
					locking.setAutoCommit(false);
					locking.createStatement().execute("update stock set units = 2");
					connections.drain(seconds(30));
					Thread thread = new Thread(() -> jdbc.update("update stock set units = 3"), "report");
					thread.start();
					Awaitility.await()
						.untilAsserted(() -> assertThat(connections.activeTasks()).map(ActiveTask::toString)
							.contains("2 borrowed from dataSource",
									"statement outside of a transaction on thread report"));
					locking.rollback();
					thread.join();
				}
			});
	}

	@Test
	void whenPoolsAreUnknownThenTransactionsAreSeenAllTheSame() {
		this.runner
			.withClassLoader(new FilteredClassLoader(HikariDataSource.class, BasicDataSource.class,
					org.apache.tomcat.jdbc.pool.DataSource.class))
			.run((context) -> {
				BorrowedConnections connections = context.getBean(BorrowedConnections.class);
				context.getBean(TransactionTemplate.class)
					.executeWithoutResult((status) -> assertThat(connections.activeTasks()).hasSize(1));
			});
	}

	@Test
	void whenGracefulIsDisabledThenIsNotConfigured() {
		this.runner.withPropertyValues("graceful.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(BorrowedConnections.class)
				.doesNotHaveBean(TransactionObserver.class));
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static HikariDataSource pool(String name) {
		HikariDataSource dataSource = new HikariDataSource();
		dataSource.setPoolName(name);
		dataSource.setJdbcUrl("jdbc:h2:mem:" + name);
		return dataSource;
	}

	private static DataSource routing(Map<Object, Object> targets) {
		AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {

			@Override
			protected Object determineCurrentLookupKey() {
				throw new IllegalStateException("No tenant");
			}

		};
		routing.setTargetDataSources(targets);
		routing.afterPropertiesSet();
		return routing;
	}

	private static Deadline seconds(int seconds) {
		return after(Duration.ofSeconds(seconds));
	}

	private static Deadline after(Duration timeout) {
		return Deadline.after(System::nanoTime, timeout);
	}

	private record PoolFactory(DataSource pool) implements FactoryBean<DataSource> {

		@Override
		public DataSource getObject() {
			return this.pool;
		}

		@Override
		public Class<?> getObjectType() {
			return DataSource.class;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnManager {

		@Bean
		JdbcTransactionManager own(DataSource dataSource) {
			JdbcTransactionManager manager = new JdbcTransactionManager(dataSource);
			manager.setTransactionExecutionListeners(List.of());
			return manager;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EntityManagers {

		@Bean
		LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource) {
			LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
			factory.setDataSource(dataSource);
			factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
			factory.setManagedTypes(PersistenceManagedTypes.of());
			return factory;
		}

		@Bean
		JpaTransactionManager transactionManager(EntityManagerFactory entityManagerFactory) {
			return new JpaTransactionManager(entityManagerFactory);
		}

	}

}
