package io.github.gracefulboot.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import io.github.gracefulboot.startup.StartupCheckFailedException;
import io.github.gracefulboot.startup.StartupChecks;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.BDDMockito;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.config.BeanDefinitionCustomizer;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContextManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulDataSourceCheckAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class GracefulDataSourceCheckTests {

	private static final String CLOSED_PORT = "jdbc:h2:tcp://127.0.0.1:1/missing";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("graceful.startup.timeout=10s")
		.withConfiguration(
				AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, GracefulStartupAutoConfiguration.class,
						DataSourceAutoConfiguration.class, GracefulDataSourceCheckAutoConfiguration.class));

	@Test
	void whenDatabaseComesUpThenBeansThatConnectAsTheyAreCreatedDoNotFail() {
		LateDatabase database = new LateDatabase(3);
		this.runner.withBean("constructed", Connecting.class)
			.withBean("initialized", ConnectingLater.class)
			.withBean("dataSource", DataSource.class, () -> database)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(database.attempts()).isEqualTo(3 + 2);
			});
	}

	@Test
	void whenCheckIsDisabledThenBeansConnectBeforeTheDatabaseIsThere() {
		LateDatabase database = new LateDatabase(3);
		this.runner.withPropertyValues("graceful.startup.check.datasource.enabled=false")
			.withBean("initialized", ConnectingLater.class)
			.withBean("dataSource", DataSource.class, () -> database)
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(database.attempts()).isEqualTo(1);
			});
	}

	@Test
	void whenSeveralAreThereThenEachIsWaitedForButThoseExcluded() {
		LateDatabase one = new LateDatabase(2);
		LateDatabase other = new LateDatabase(2);
		LateDatabase optional = new LateDatabase(Integer.MAX_VALUE);
		this.runner.withPropertyValues("graceful.startup.check.exclude=optional")
			.withBean("one", DataSource.class, () -> one)
			.withBean("other", DataSource.class, () -> other)
			.withBean("optional", DataSource.class, () -> optional)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(one.attempts()).isEqualTo(2);
				assertThat(other.attempts()).isEqualTo(2);
				assertThat(optional.attempts()).isZero();
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:h2:mem:none;IFEXISTS=TRUE", "jdbc:hsqldb:mem:none;ifexists=true" })
	void whenItsDatabaseIsInTheMemoryOfThisProcessThenItIsNotWaitedFor(String url) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(url);
		this.runner.withPropertyValues("graceful.startup.timeout=100ms")
			.withBean("dataSource", DataSource.class, () -> pool)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenItsDatabaseIsAFileThenItIsWaitedFor() {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl("jdbc:h2:./target/none;IFEXISTS=TRUE");
		this.runner.withPropertyValues("graceful.startup.timeout=100ms")
			.withBean("dataSource", DataSource.class, () -> pool)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("dataSource was still unavailable after"));
	}

	@ParameterizedTest
	@ValueSource(classes = { AbstractMethodError.class, SQLFeatureNotSupportedException.class, SQLException.class,
			UnsupportedOperationException.class })
	void whenTheDriverCannotValidateConnectionsThenItIsTakenForAvailable(Class<? extends Throwable> failure,
			CapturedOutput output) throws SQLException {
		Connection connection = BDDMockito.mock(Connection.class);
		BDDMockito.given(connection.isValid(BDDMockito.anyInt())).willThrow(failure);
		DataSource database = BDDMockito.mock(DataSource.class);
		BDDMockito.given(database.getConnection()).willReturn(connection);
		this.runner.withBean("dataSource", DataSource.class, () -> database)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output)
			.containsOnlyOnce("dataSource is taken for available: its driver cannot validate connections");
	}

	@Test
	void whenItRoutesThenItsTargetsAreWaitedForOnce() {
		LateDatabase bean = new LateDatabase(2);
		LateDatabase inner = new LateDatabase(2);
		this.runner.withBean("bean", DataSource.class, () -> bean).withBean("routing", DataSource.class, () -> {
			AbstractRoutingDataSource routing = routing(Map.of("a", bean, "b", inner));
			routing.setDefaultTargetDataSource(inner);
			return routing;
		}).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(inner.attempts()).isEqualTo(2);
			assertThat(bean.attempts()).isEqualTo(2);
		});
	}

	@Test
	void whenATargetIsMissingThenTheFailureNamesItsKey() {
		this.runner.withPropertyValues("graceful.startup.timeout=100ms")
			.withBean("routing", DataSource.class, () -> routing(Map.of("eu", new LateDatabase(Integer.MAX_VALUE))))
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(SQLException.class)
				.hasStackTraceContaining("routing.eu was still unavailable after"));
	}

	@Test
	void whenATenantIsMissingThenTheOthersAreUsed(CapturedOutput output) {
		LateDatabase late = new LateDatabase(3);
		this.runner.withBean("routing", DataSource.class, () -> routing(tenants(late))).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(late.attempts()).isGreaterThanOrEqualTo(3);
		});
		assertThat(output).contains("Waiting for routing: Connection refused", "routing became available after",
				"Starting without routing.us: Connection refused; routing.jp: Connection refused");
	}

	@Test
	void whenAllTenantsAreMissingThenTheFailureNamesTheRouter() {
		this.runner.withPropertyValues("graceful.startup.timeout=100ms")
			.withBean("routing", DataSource.class, () -> routing(tenants(new LateDatabase(Integer.MAX_VALUE))))
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("routing was still unavailable after"));
	}

	@Test
	void whenOnlyTheDefaultTargetIsMissingThenTheOthersAreUsed(CapturedOutput output) {
		this.runner.withPropertyValues("graceful.startup.timeout=100ms").withBean("routing", DataSource.class, () -> {
			AbstractRoutingDataSource routing = routing(tenants(new LateDatabase(1)));
			routing.setDefaultTargetDataSource(new LateDatabase(Integer.MAX_VALUE));
			return routing;
		}).run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("routing.default was still unavailable after",
				"Starting without it, since another target of routing is available");
	}

	@Test
	void whenATenantDoesNotAnswerThenTheOthersAreUsed(CapturedOutput output) {
		CountDownLatch never = new CountDownLatch(1);
		DataSource silent = new LateDatabase(1) {

			@Override
			public Connection getConnection() throws SQLException {
				try {
					never.await();
				}
				catch (InterruptedException ex) {
					throw new SQLException(ex);
				}
				return super.getConnection();
			}

		};
		this.runner
			.withBean("routing", DataSource.class, () -> routing(Map.of("eu", new LateDatabase(1), "us", silent)))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Starting without routing.us: no answer in 5.0 s");
	}

	private static Map<Object, Object> tenants(LateDatabase eu) {
		Map<Object, Object> tenants = new LinkedHashMap<>();
		tenants.put("eu", eu);
		tenants.put("us", new LateDatabase(Integer.MAX_VALUE));
		tenants.put("jp", new LateDatabase(Integer.MAX_VALUE));
		return tenants;
	}

	@Test
	void whenAnotherIsThePrimaryThenStartsWithoutIt(CapturedOutput output) {
		LateDatabase primary = new LateDatabase(2);
		LateDatabase reports = new LateDatabase(Integer.MAX_VALUE);
		this.runner.withBean("reports", DataSource.class, () -> reports)
			.withBean("orders", DataSource.class, () -> primary, (definition) -> definition.setPrimary(true))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(primary.attempts()).isEqualTo(2);
				assertThat(reports.attempts()).isGreaterThan(1);
			});
		assertThat(output).contains("reports was still unavailable after",
				"Starting without it, since the primary bean of its type is orders");
	}

	static Stream<BeanDefinitionCustomizer> passedOver() {
		return Stream.of((definition) -> definition.setAutowireCandidate(false),
				(definition) -> definition.setFallback(true),
				(definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false));
	}

	@ParameterizedTest
	@MethodSource("passedOver")
	void whenNobodyGetsItByItsTypeThenTheStartCanDoWithout(BeanDefinitionCustomizer passedOver, CapturedOutput output) {
		this.runner.withPropertyValues("graceful.startup.timeout=200ms")
			.withBean("orders", DataSource.class, () -> new LateDatabase(0))
			.withBean("audit", DataSource.class, () -> new LateDatabase(Integer.MAX_VALUE), passedOver)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("audit was still unavailable after",
				"Starting without it, since it is no default candidate for its type");
	}

	@Test
	void whenItDoesNotConnectYetWithoutAStateThenItIsNotWaitedFor(CapturedOutput output) {
		this.runner.withBean("tenants", DataSource.class, () -> new AbstractDataSource() {

			@Override
			public Connection getConnection() throws SQLException {
				throw new SQLException("No tenant");
			}

			@Override
			public Connection getConnection(String username, String password) throws SQLException {
				return getConnection();
			}

		}).run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Not waiting for tenants, which cannot connect at this point");
	}

	@Test
	void whenThePrimaryIsMissingThenFails() {
		this.runner.withPropertyValues("graceful.startup.timeout=100ms")
			.withBean("reports", DataSource.class, () -> new LateDatabase(1))
			.withBean("orders", DataSource.class, () -> new LateDatabase(Integer.MAX_VALUE),
					(definition) -> definition.setPrimary(true))
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("orders was still unavailable after"));
	}

	@Test
	void whenItFindsItsTargetsByItselfThenTheyAreNotWaitedFor() {
		this.runner.withBean("routing", DataSource.class, OwnRouter::new)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static AbstractRoutingDataSource routing(Map<Object, Object> targets) {
		AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {

			@Override
			protected Object determineCurrentLookupKey() {
				throw new IllegalStateException("No tenant");
			}

		};
		routing.setTargetDataSources(targets);
		return routing;
	}

	@Test
	void whenItConnectsLazilyThenItsTargetIsWaitedFor() {
		LateDatabase database = new LateDatabase(3);
		this.runner.withBean("lazy", DataSource.class, () -> {
			LazyConnectionDataSourceProxy proxy = new LazyConnectionDataSourceProxy();
			proxy.setTargetDataSource(database);
			proxy.setDefaultAutoCommit(true);
			proxy.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
			return proxy;
		}).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(database.attempts()).isEqualTo(3);
		});
	}

	static Stream<Arguments> proxies() {
		return Stream.of(Arguments.of("lazy", (UnaryOperator<DataSource>) LazyConnectionDataSourceProxy::new),
				Arguments.of("aware of transactions", (UnaryOperator<DataSource>) TransactionAwareDataSourceProxy::new),
				Arguments.of("both", (UnaryOperator<DataSource>) (target) -> new TransactionAwareDataSourceProxy(
						new LazyConnectionDataSourceProxy(target))));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("proxies")
	void whenAProxyOfSpringIsAroundARouterOrAPoolThenTheStartCanDoWithoutTheSame(String name,
			UnaryOperator<DataSource> proxy) {
		this.runner.withPropertyValues("graceful.startup.timeout=200ms").withBean("routing", DataSource.class, () -> {
			AbstractRoutingDataSource routing = routing(tenants(new LateDatabase(1)));
			routing.setDefaultTargetDataSource(new LateDatabase(Integer.MAX_VALUE));
			return proxy.apply(routing);
		}).run((context) -> assertThat(context).hasNotFailed());
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(CLOSED_PORT);
		pool.setInitializationFailTimeout(-1);
		this.runner.withPropertyValues("graceful.startup.timeout=200ms")
			.withBean("dataSource", DataSource.class, () -> proxy.apply(pool))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenItHasASingleConnectionThenThatStaysOpen() {
		this.runner
			.withBean("dataSource", DataSource.class, () -> new SingleConnectionDataSource("jdbc:h2:mem:single", false))
			.run((context) -> assertThat(context.getBean(DataSource.class).getConnection().isValid(1)).isTrue());
	}

	@Test
	void whenInitializationIsLazyThenIsWaitedForStill() {
		LateDatabase database = new LateDatabase(2);
		this.runner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withBean("dataSource", DataSource.class, () -> database)
			.run((context) -> assertThat(database.attempts()).isEqualTo(2));
	}

	@Test
	void whenItCannotBeAskedThenIsLeftToWhoeverUsesIt(CapturedOutput output) {
		this.runner.withBean("tenant", DataSource.class, () -> new LateDatabase(1) {

			@Override
			public Connection getConnection() {
				throw new IllegalStateException("No tenant");
			}

		}).withBean("misspelt", HikariDataSource.class, () -> {
			HikariDataSource pool = new HikariDataSource();
			pool.setJdbcUrl("jdbc:misspelt:x");
			return pool;
		}).run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Not waiting for tenant, which cannot connect at this point")
			.contains("Not waiting for misspelt, which cannot connect at this point");
	}

	@Test
	void whenHikariCannotConnectThenFailsWithNoPoolLeftAndNoStackTrace(CapturedOutput output) {
		this.runner.withPropertyValues("graceful.startup.timeout=3s", "spring.datasource.url=" + CLOSED_PORT)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining(StartupCheckFailedException.class.getName())
				.hasStackTraceContaining("dataSource was still unavailable after"));
		assertThat(output).contains("Waiting for dataSource: ")
			.doesNotContain("HikariPool-")
			.doesNotContainPattern("(Exception|Error)[^\\n]*\\n\\tat ");
		Awaitility.await()
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.noneMatch((name) -> name.startsWith("graceful-") || name.startsWith("HikariPool-")));
	}

	@Test
	void whenHikariIsToStartWithoutAConnectionThenTheStartCanDoWithout(CapturedOutput output) {
		this.runner
			.withPropertyValues("graceful.startup.timeout=200ms", "spring.datasource.url=" + CLOSED_PORT,
					"spring.datasource.hikari.initialization-fail-timeout=-1")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Starting without it, since its pool was told to start without a connection");
	}

	@Test
	void whenHikariCanConnectThenItsPoolIsNotOpened() {
		this.runner.withPropertyValues("spring.datasource.generate-unique-name=true")
			.run((context) -> assertThat(context.getBean(HikariDataSource.class).isRunning()).isFalse());
	}

	@Test
	void whenHikariIsAbsentThenOthersAreWaitedFor() {
		LateDatabase database = new LateDatabase(2);
		this.runner.withClassLoader(new FilteredClassLoader(HikariDataSource.class))
			.withBean("dataSource", DataSource.class, () -> database)
			.run((context) -> assertThat(database.attempts()).isEqualTo(2));
	}

	@Test
	void whenItIsTheContextOfATestThenNothingIsWaitedFor() throws Exception {
		TestContextManager manager = new TestContextManager(Example.class);
		assertThat(manager.getTestContext().getApplicationContext().getBeanProvider(StartupChecks.class)).isEmpty();
		manager.getTestContext().markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
	}

	/**
	 * A test as users write them, whose database is not there.
	 */
	@SpringBootTest(webEnvironment = WebEnvironment.NONE, classes = Application.class,
			properties = "spring.datasource.url=" + CLOSED_PORT)
	static class Example {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	/**
	 * As an object-relational mapper may do.
	 */
	static class Connecting {

		Connecting(DataSource dataSource) throws SQLException {
			dataSource.getConnection().close();
		}

	}

	/**
	 * As schema migrations do.
	 */
	static class ConnectingLater implements InitializingBean {

		private final DataSource dataSource;

		ConnectingLater(DataSource dataSource) {
			this.dataSource = dataSource;
		}

		@Override
		public void afterPropertiesSet() throws SQLException {
			this.dataSource.getConnection().close();
		}

	}

	/**
	 * A database that is there from an attempt to connect on.
	 */
	static class LateDatabase extends AbstractDataSource {

		private final DataSource database = new DriverManagerDataSource("jdbc:h2:mem:late");

		private final AtomicInteger attempts = new AtomicInteger();

		private final int from;

		LateDatabase(int from) {
			this.from = from;
		}

		int attempts() {
			return this.attempts.get();
		}

		@Override
		public Connection getConnection() throws SQLException {
			if (this.attempts.incrementAndGet() < this.from) {
				throw new SQLNonTransientConnectionException("Connection refused");
			}
			return this.database.getConnection();
		}

		@Override
		public Connection getConnection(String username, String password) throws SQLException {
			return getConnection();
		}

	}

}
