package io.github.gracefulboot.messaging.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import com.github.fppt.jedismock.RedisServer;
import io.github.gracefulboot.Background;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.ReadOffset;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer.StreamMessageListenerContainerOptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulRedisAutoConfiguration}, with a server that speaks the
 * protocol of Redis.
 */
@ExtendWith(OutputCaptureExtension.class)
class RedisListenerDrainTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static RedisServer server;

	private static LettuceConnectionFactory connections;

	private static StringRedisTemplate redis;

	@BeforeAll
	static void startServer() throws Exception {
		server = RedisServer.newRedisServer().start();
		connections = connections();
		connections.afterPropertiesSet();
		connections.start();
		redis = new StringRedisTemplate(connections);
	}

	@AfterAll
	static void stopServer() throws Exception {
		connections.destroy();
		server.stop();
	}

	@Test
	void whenMessageOfAChannelIsInHandThenItIsFinished() throws Exception {
		try (ConfigurableApplicationContext context = run(Channel.class)) {
			Inbox inbox = context.getBean(Inbox.class);
			redis.convertAndSend("news", "first");
			CompletableFuture<Void> closed = closeWhileInHand(context, inbox, "Redis listener channel for ");
			inbox.mayGoOn.countDown();
			assertThat(closed).succeedsWithin(PATIENCE);
			assertThat(inbox.handled).containsExactly("first");
		}
	}

	@Test
	void whenMessageOfAStreamIsInHandThenItIsFinishedAndNothingMoreIsRead() throws Exception {
		add("orders", "first");
		try (ConfigurableApplicationContext context = run(Stream.class, "stream=orders")) {
			Inbox inbox = context.getBean(Inbox.class);
			CompletableFuture<Void> closed = closeWhileInHand(context, inbox, "Redis stream listener stream");
			add("orders", "second");
			inbox.mayGoOn.countDown();
			assertThat(closed).succeedsWithin(PATIENCE);
			assertThat(inbox.handled).containsExactly("first");
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { Channel.class, Stream.class })
	void whenListenerNeverEndsThenItIsNamedAndTheStopGoesOn(Class<?> listener, CapturedOutput output) throws Exception {
		add("stuck", "stuck");
		try (ConfigurableApplicationContext context = run(listener, "graceful.shutdown.timeout=2s", "stream=stuck")) {
			Inbox inbox = context.getBean(Inbox.class);
			redis.convertAndSend("news", "stuck");
			await(inbox.inHand);
			context.close();
			assertThat(output).containsPattern("Cut off: Redis (stream )?listener .* on thread ")
				.contains("RedisListenerDrainTests$Inbox.take(");
			inbox.mayGoOn.countDown();
		}
	}

	@Test
	void whenIdleThenTheStopIsClean() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Common.class, Channel.class,
				Stream.class)
			.web(WebApplicationType.NONE)
			.properties("stream=idle")
			.run()) {
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			context.close();
			assertThat(shutdown.finish().isClean()).isTrue();
		}
	}

	@Test
	void whenContainerIsExcludedThenSpringStopsIt() {
		try (ConfigurableApplicationContext context = run(Channel.class, "graceful.messaging.exclude=channel")) {
			RedisMessageListenerContainer container = context.getBean(RedisMessageListenerContainer.class);
			AtomicBoolean runningAtRelease = new AtomicBoolean();
			context.addApplicationListener((ApplicationListener<StageChangedEvent>) (event) -> {
				if (event.getStage() == Stage.RELEASE) {
					runningAtRelease.set(container.isRunning());
				}
			});
			context.close();
			assertThat(runningAtRelease).isTrue();
			assertThat(container.isRunning()).isFalse();
		}
	}

	private static ConfigurableApplicationContext run(Class<?> listener, String... properties) {
		return new SpringApplicationBuilder(Common.class, listener).web(WebApplicationType.NONE)
			.properties(properties)
			.run();
	}

	private static LettuceConnectionFactory connections() {
		return new LettuceConnectionFactory(server.getHost(), server.getBindPort());
	}

	private static CompletableFuture<Void> closeWhileInHand(ConfigurableApplicationContext context, Inbox inbox,
			String task) throws InterruptedException {
		ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
		await(inbox.inHand);
		CompletableFuture<Void> closed = Background.run(context::close);
		Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(shutdown.getActiveTasks()).isNotEmpty());
		assertThat(shutdown.getActiveTasks()).singleElement().satisfies((active) -> {
			assertThat(active.toString()).startsWith(task);
			assertThat(active.thread()).isNotNull();
		});
		assertThat(closed).isNotDone();
		return closed;
	}

	private static void add(String stream, String message) {
		redis.opsForStream().add(stream, Map.of("message", message));
	}

	private static void await(CountDownLatch latch) throws InterruptedException {
		assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
	}

	/**
	 * Takes messages, and finishes none until the test lets it.
	 */
	static class Inbox {

		private final List<String> handled = new CopyOnWriteArrayList<>();

		private final CountDownLatch inHand = new CountDownLatch(1);

		private final CountDownLatch mayGoOn = new CountDownLatch(1);

		void take(String message) {
			this.inHand.countDown();
			try {
				this.mayGoOn.await();
				this.handled.add(message);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ GracefulShutdownAutoConfiguration.class, GracefulRedisAutoConfiguration.class })
	static class Common {

		@Bean
		Inbox inbox() {
			return new Inbox();
		}

		@Bean
		LettuceConnectionFactory connections() {
			return RedisListenerDrainTests.connections();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Channel {

		@Bean
		RedisMessageListenerContainer channel(RedisConnectionFactory connections, Inbox inbox) {
			RedisMessageListenerContainer container = new RedisMessageListenerContainer();
			container.setConnectionFactory(connections);
			container.addMessageListener(
					(message, pattern) -> inbox.take(new String(message.getBody(), StandardCharsets.UTF_8)),
					ChannelTopic.of("news"));
			return container;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Stream {

		@Bean
		StreamMessageListenerContainer<String, MapRecord<String, String, String>> stream(
				RedisConnectionFactory connections, Inbox inbox, @Value("${stream}") String name) {
			StreamMessageListenerContainer<String, MapRecord<String, String, String>> container = StreamMessageListenerContainer
				.create(connections,
						StreamMessageListenerContainerOptions.builder().pollTimeout(Duration.ofMillis(200)).build());
			container.receive(StreamOffset.create(name, ReadOffset.from("0-0")),
					(record) -> inbox.take(record.getValue().get("message")));
			container.start();
			return container;
		}

	}

}
