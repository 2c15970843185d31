package io.github.gracefulboot.messaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import com.github.fppt.jedismock.RedisServer;
import com.github.fppt.jedismock.operations.server.MockExecutor;
import com.github.fppt.jedismock.server.Response;
import com.github.fppt.jedismock.server.ServiceOptions;
import io.github.gracefulboot.Background;
import io.github.gracefulboot.messaging.amqp.GracefulRabbitCheckAutoConfiguration;
import io.github.gracefulboot.messaging.jms.GracefulJmsCheckAutoConfiguration;
import io.github.gracefulboot.messaging.kafka.GracefulKafkaCheckAutoConfiguration;
import io.github.gracefulboot.messaging.redis.GracefulRedisCheckAutoConfiguration;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.startup.ConnectionChecks;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the waits for brokers and Redis, with brokers that come up late.
 */
@ExtendWith(OutputCaptureExtension.class)
class BrokerCheckTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("graceful.startup.timeout=60s")
		.withConfiguration(
				AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, GracefulStartupAutoConfiguration.class,
						GracefulKafkaCheckAutoConfiguration.class, GracefulRabbitCheckAutoConfiguration.class,
						GracefulJmsCheckAutoConfiguration.class, GracefulRedisCheckAutoConfiguration.class));

	@Test
	void whenRedisComesUpThenTheStartGoesOn(CapturedOutput output) throws Exception {
		int port = freePort();
		CompletableFuture<RedisServer> server = whenWaiting(output, "redis",
				() -> RedisServer.newRedisServer(port, InetAddress.getLoopbackAddress()).start());
		this.runner.withBean("redis", LettuceConnectionFactory.class, () -> redis(port)).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).containsPattern("redis became available after .* \\(\\d+ attempts\\)");
		});
		server.get().stop();
	}

	@Test
	void whenJmsBrokerComesUpThenListenersStartAfterIt(CapturedOutput output) throws Exception {
		int port = freePort();
		CompletableFuture<EmbeddedActiveMQ> broker = whenWaiting(output, "jms", () -> artemis(port));
		this.runner.withBean("jms", ConnectionFactory.class, () -> jms(port))
			.withBean(Listener.class, () -> new Listener(broker))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output).contains("jms became available after ");
				assertThat(context.getBean(Listener.class).startedAfterBroker).isTrue();
				Awaitility.await()
					.untilAsserted(() -> assertThat(broker.get().getActiveMQServer().getConnectionCount()).isZero());
			});
		broker.get().stop();
	}

	@Test
	void whenKafkaComesUpThenTopicsAreMadeAndNothingElseIsLogged(CapturedOutput output) throws Exception {
		int port = freePort();
		EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 1);
		broker.afterPropertiesSet();
		CompletableFuture<Forwarder> road = whenWaiting(output, "kafka",
				() -> new Forwarder(port, address(broker).getPort()));
		this.runner.withBean("kafka", KafkaAdmin.class, () -> kafkaAdmin(port))
			.withBean("topic", NewTopic.class, () -> new NewTopic("orders", 1, (short) 1))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output).contains("kafka became available after ")
					.doesNotContain("could not be established")
					.contains("Waiting for kafka: 127.0.0.1:" + port + ": Connection refused");
				assertThat(context.getBean(KafkaAdmin.class).describeTopics("orders")).containsKey("orders");
			});
		road.get().close();
		broker.destroy();
	}

	@Test
	void whenNobodyIsThereThenTheFailureNamesTheBeanAndTheReason(CapturedOutput output) throws Exception {
		int port = freePort();
		ApplicationContextRunner hasty = this.runner.withPropertyValues("graceful.startup.timeout=100ms");
		fails("orders", hasty.withBean("orders", CachingConnectionFactory.class, () -> rabbit(port)));
		fails("redis", hasty.withBean("redis", LettuceConnectionFactory.class, () -> redis(port)));
		fails("jms", hasty.withBean("jms", ConnectionFactory.class, () -> jms(port)));
		fails("kafka", hasty.withBean("kafka", KafkaAdmin.class, () -> kafkaAdmin(port)));
		assertThat(output).contains("Waiting for orders: java.net.ConnectException: Connection refused",
				"Waiting for redis: Unable to connect to Redis: Unable to connect to 127.0.0.1/<unresolved>:" + port,
				"Waiting for jms: Failed to create session factory: ",
				"Waiting for kafka: 127.0.0.1:" + port + ": Connection refused");
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.noneMatch((name) -> name.startsWith("graceful-") || name.startsWith("kafka-admin")));
	}

	private static void fails(String name, ApplicationContextRunner runner) {
		runner.run((context) -> assertThat(context).getFailure()
			.hasStackTraceContaining(name + " was still unavailable after"));
	}

	@Test
	void whenAnotherIsThePrimaryThenStartsWithoutIt(CapturedOutput output) throws Exception {
		RedisServer server = RedisServer.newRedisServer(0, InetAddress.getLoopbackAddress()).start();
		this.runner.withPropertyValues("graceful.startup.timeout=10s")
			.withBean("sessions", LettuceConnectionFactory.class, () -> redis(server.getBindPort()),
					(definition) -> definition.setPrimary(true))
			.withBean("cache", LettuceConnectionFactory.class, () -> redis(freePort()))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("cache was still unavailable after",
				"Starting without it, since the primary bean of its type is sessions");
		server.stop();
	}

	@Test
	void whenAClientNeedsSomethingElseFirstThenIsNotWaitedFor(CapturedOutput output) {
		this.runner.withBean("tenants", ConnectionFactory.class, () -> new ActiveMQConnectionFactory() {

			@Override
			public Connection createConnection() {
				throw new UnsupportedOperationException("No tenant");
			}

		}).run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Not waiting for tenants, which cannot connect at this point");
	}

	@Test
	void whenRedisRefusesThePingThenItIsAvailable() throws Exception {
		RedisServer server = RedisServer.newRedisServer(0, InetAddress.getLoopbackAddress());
		server.setOptions(ServiceOptions.withInterceptor((state, name, parameters) -> "ping".equalsIgnoreCase(name)
				? Response.error("NOPERM this user has no permissions to run the 'ping' command")
				: MockExecutor.proceed(state, name, parameters)));
		server.start();
		this.runner.withPropertyValues("graceful.startup.timeout=20s")
			.withBean("redis", LettuceConnectionFactory.class, () -> redis(server.getBindPort()))
			.run((context) -> assertThat(context).hasNotFailed());
		server.stop();
	}

	@Test
	void whenSomethingElseAnswersThenFailsInTime() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
			ApplicationContextRunner hasty = this.runner.withPropertyValues("graceful.startup.timeout=1s");
			int port = silent.getLocalPort();
			fails("orders", hasty.withBean("orders", CachingConnectionFactory.class, () -> rabbit(port)));
			fails("redis", hasty.withBean("redis", LettuceConnectionFactory.class, () -> redis(port)));
			fails("jms", hasty.withBean("jms", ConnectionFactory.class, () -> jms(port)));
			fails("kafka", hasty.withBean("kafka", KafkaAdmin.class, () -> kafkaAdmin(port)));
		}
	}

	@Test
	void whenDisabledOrExcludedThenIsNotWaitedFor() throws Exception {
		int port = freePort();
		this.runner
			.withPropertyValues("graceful.startup.check.kafka.enabled=false",
					"graceful.startup.check.rabbit.enabled=false", "graceful.startup.check.jms.enabled=false",
					"graceful.startup.check.exclude=redis")
			.withBean("kafka", KafkaAdmin.class, () -> kafkaAdmin(port))
			.withBean("rabbit", CachingConnectionFactory.class, () -> rabbit(port))
			.withBean("jms", ConnectionFactory.class, () -> jms(port))
			.withBean("redis", LettuceConnectionFactory.class, () -> redis(port))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenItBelongsToTheParentThenIsNotWaitedForAgain() throws Exception {
		int port = freePort();
		StaticApplicationContext parent = new StaticApplicationContext();
		parent.registerBean("redis", LettuceConnectionFactory.class, () -> redis(port));
		parent.refresh();
		this.runner.withParent(parent).run((context) -> assertThat(context).hasNotFailed());
		parent.close();
	}

	@Test
	void whenInitializationIsLazyThenIsWaitedForStill() throws Exception {
		int port = freePort();
		fails("redis", this.runner.withPropertyValues("graceful.startup.timeout=100ms")
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withBean("redis", LettuceConnectionFactory.class, () -> redis(port)));
	}

	@Test
	void whenNothingOfThemIsOnTheClassPathThenStarts() {
		this.runner
			.withClassLoader(new FilteredClassLoader(KafkaAdmin.class, CachingConnectionFactory.class,
					org.springframework.amqp.rabbit.connection.ConnectionFactory.class, ConnectionFactory.class,
					RedisConnectionFactory.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ConnectionChecks.class));
	}

	/**
	 * Starts something when the context has begun to wait for it.
	 */
	private static <T> CompletableFuture<T> whenWaiting(CapturedOutput output, String name, Callable<T> start) {
		return Background.supply(() -> {
			Awaitility.await().atMost(PATIENCE).until(() -> output.getOut().contains("Waiting for " + name + ": "));
			try {
				return start.call();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static LettuceConnectionFactory redis(int port) {
		return new LettuceConnectionFactory("127.0.0.1", port);
	}

	private static CachingConnectionFactory rabbit(int port) {
		return new CachingConnectionFactory("127.0.0.1", port);
	}

	private static ConnectionFactory jms(int port) {
		return new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port);
	}

	private static EmbeddedActiveMQ artemis(int port) throws Exception {
		ConfigurationImpl configuration = new ConfigurationImpl();
		configuration.setPersistenceEnabled(false);
		configuration.setSecurityEnabled(false);
		configuration.addAcceptorConfiguration("tcp", "tcp://127.0.0.1:" + port);
		EmbeddedActiveMQ broker = new EmbeddedActiveMQ().setConfiguration(configuration);
		broker.start();
		return broker;
	}

	private static KafkaAdmin kafkaAdmin(int port) {
		return new KafkaAdmin(Map.of("bootstrap.servers", "127.0.0.1:" + port));
	}

	private static URI address(EmbeddedKafkaKraftBroker broker) {
		return URI.create("kafka://" + broker.getBrokersAsString());
	}

	/**
	 * What takes messages starts in the phase of listener containers.
	 */
	static class Listener implements SmartLifecycle {

		private final CompletableFuture<?> broker;

		private boolean startedAfterBroker;

		Listener(CompletableFuture<?> broker) {
			this.broker = broker;
		}

		@Override
		public void start() {
			this.startedAfterBroker = this.broker.isDone();
		}

		@Override
		public void stop() {
			// Nothing to stop
		}

		@Override
		public boolean isRunning() {
			return false;
		}

		@Override
		public int getPhase() {
			return DEFAULT_PHASE - 100;
		}

	}

}
