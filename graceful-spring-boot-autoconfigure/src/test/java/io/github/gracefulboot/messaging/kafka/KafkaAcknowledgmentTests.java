package io.github.gracefulboot.messaging.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.gracefulboot.Background;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.AcknowledgingMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for Kafka listeners that have returned and not acknowledged yet, with a real
 * broker.
 */
@ExtendWith(OutputCaptureExtension.class)
class KafkaAcknowledgmentTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int RECORDS = 5;

	private static final EmbeddedKafkaBroker broker = new EmbeddedKafkaKraftBroker(1, 1);

	@BeforeAll
	static void startBroker() {
		broker.afterPropertiesSet();
	}

	@AfterAll
	static void stopBroker() {
		broker.destroy();
	}

	@ParameterizedTest
	@ValueSource(classes = { Futures.class, Monos.class, Batches.class })
	void whenListenersHaveReturnedFuturesThenTheyAreAwaited(Class<?> listener) throws Exception {
		String topic = listener.getSimpleName();
		acknowledgesWhatIsInHand(topic, run(listener, topic));
	}

	@ParameterizedTest
	@CsvSource({ "MANUAL, true", "MANUAL, false", "MANUAL_IMMEDIATE, true", "MANUAL_IMMEDIATE, false" })
	void whenOtherThreadsAcknowledgeThenTheyAreAwaited(AckMode mode, boolean inAnyOrder) throws Exception {
		String topic = mode + "-" + inAnyOrder;
		acknowledgesWhatIsInHand(topic, run(Later.class, topic, "mode=" + mode, "in-any-order=" + inAnyOrder));
	}

	@Test
	void whenListenerIsAdvisedThenItsAdviceIsCalledOnceForEachRecord() throws Exception {
		ConfigurableApplicationContext context = run(Advised.class, "advised", "mode=MANUAL", "in-any-order=false");
		AtomicInteger advised = context.getBean(AtomicInteger.class);
		acknowledgesWhatIsInHand("advised", context);
		assertThat(advised).hasValue(RECORDS);
	}

	private static void acknowledgesWhatIsInHand(String topic, ConfigurableApplicationContext context)
			throws Exception {
		try (context) {
			Inbox inbox = context.getBean(Inbox.class);
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			CompletableFuture<Void> closed = closeWhileInHand(topic, context);
			send(topic, RECORDS, RECORDS + 1);
			acknowledge(inbox, context.getEnvironment().getProperty("in-any-order", Boolean.class, true));
			assertThat(closed).succeedsWithin(PATIENCE);
			assertThat(inbox.taken).hasSize(RECORDS);
			assertThat(committed(topic)).isEqualTo(RECORDS);
			assertThat(shutdown.finish().isClean()).isTrue();
		}
	}

	private static void acknowledge(Inbox inbox, boolean lastFirst) {
		IntStream.range(0, RECORDS).forEach((i) -> inbox.get(lastFirst ? RECORDS - 1 - i : i).complete(null));
	}

	@Test
	void whenFutureFailsThenTheRecordComesAgain() throws Exception {
		try (ConfigurableApplicationContext context = run(Futures.class, "failing")) {
			Inbox inbox = context.getBean(Inbox.class);
			CompletableFuture<Void> closed = closeWhileInHand("failing", context);
			inbox.get(2).completeExceptionally(new IllegalStateException("Fails"));
			List.of(0, 1, 3, 4).forEach((i) -> inbox.get(i).complete(null));
			assertThat(closed).succeedsWithin(PATIENCE);
			assertThat(committed("failing")).isEqualTo(2);
		}
		try (ConfigurableApplicationContext next = run(Futures.class, "failing")) {
			Inbox inbox = next.getBean(Inbox.class);
			Awaitility.await().atMost(PATIENCE).until(() -> inbox.taken.size() == RECORDS - 2);
			inbox.taken.forEach((future) -> future.complete(null));
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { Futures.class, Later.class })
	void whenRecordsAreNeverAcknowledgedThenTheyAreNamed(Class<?> listener, CapturedOutput output) throws Exception {
		String topic = "never-" + listener.getSimpleName();
		try (ConfigurableApplicationContext context = run(listener, topic, "mode=MANUAL",
				"graceful.shutdown.timeout=3s")) {
			CompletableFuture<Void> closed = closeWhileInHand(topic, context);
			context.getBean(Inbox.class).get(0).complete(null);
			assertThat(closed).succeedsWithin(PATIENCE);
			assertThat(output).contains("Cut off: Kafka listener " + topic + ": 4 not acknowledged for ");
			assertThat(committed(topic)).isOne();
		}
	}

	@Test
	void whenTheListenerLeavesSomeUnacknowledgedThenTheStopIsShort() throws Exception {
		try (ConfigurableApplicationContext context = run(EachSecond.class, "second", "mode=MANUAL")) {
			Inbox inbox = context.getBean(Inbox.class);
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			send("second", 0, RECORDS);
			Awaitility.await().atMost(PATIENCE).until(() -> inbox.taken.size() == RECORDS);
			CompletableFuture<Void> closed = Background.run(context::close);
			assertThat(closed).succeedsWithin(Duration.ofSeconds(5));
			assertThat(committed("second")).isEqualTo(4);
			assertThat(shutdown.finish().isClean()).isTrue();
		}
	}

	private static CompletableFuture<Void> closeWhileInHand(String topic, ConfigurableApplicationContext context) {
		Inbox inbox = context.getBean(Inbox.class);
		ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
		send(topic, 0, RECORDS);
		Awaitility.await().atMost(PATIENCE).until(() -> inbox.taken.size() == RECORDS);
		CompletableFuture<Void> closed = Background.run(context::close);
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> assertThat(shutdown.getActiveTasks()).singleElement()
				.asString()
				.startsWith("Kafka listener " + topic + ": "));
		assertThat(closed).isNotDone();
		return closed;
	}

	private static void send(String topic, int from, int to) {
		DefaultKafkaProducerFactory<String, String> producers = new DefaultKafkaProducerFactory<>(
				Map.of("bootstrap.servers", broker.getBrokersAsString(), "key.serializer", StringSerializer.class,
						"value.serializer", StringSerializer.class));
		KafkaTemplate<String, String> template = new KafkaTemplate<>(producers);
		IntStream.range(from, to).forEach((i) -> template.send(topic, String.valueOf(i)));
		template.destroy();
		producers.destroy();
	}

	private static long committed(String topic) throws Exception {
		try (AdminClient admin = AdminClient.create(Map.of("bootstrap.servers", broker.getBrokersAsString()))) {
			Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(topic)
				.partitionsToOffsetAndMetadata()
				.get();
			OffsetAndMetadata offset = offsets.get(new TopicPartition(topic, 0));
			return (offset != null) ? offset.offset() : 0;
		}
	}

	private static ConfigurableApplicationContext run(Class<?> listener, String topic, String... properties) {
		return new SpringApplicationBuilder(Common.class, listener).web(WebApplicationType.NONE)
			.properties("topic=" + topic)
			.properties(properties)
			.run();
	}

	/**
	 * The records that were taken, whose futures the test completes.
	 */
	static class Inbox {

		private final List<CompletableFuture<Void>> taken = new CopyOnWriteArrayList<>();

		CompletableFuture<Void> take() {
			CompletableFuture<Void> future = new CompletableFuture<>();
			this.taken.add(future);
			return future;
		}

		void take(Acknowledgment acknowledgment) {
			take().thenRun(acknowledgment::acknowledge);
		}

		CompletableFuture<Void> get(int index) {
			return this.taken.get(index);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableKafka
	@ImportAutoConfiguration({ GracefulShutdownAutoConfiguration.class, GracefulKafkaAutoConfiguration.class })
	static class Common {

		@Bean
		Inbox inbox() {
			return new Inbox();
		}

		@Bean
		ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory(Environment environment) {
			ConcurrentKafkaListenerContainerFactory<String, String> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(new DefaultKafkaConsumerFactory<>(
					Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.getBrokersAsString(),
							ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
					new StringDeserializer(), new StringDeserializer()));
			factory.getContainerProperties().setAckMode(environment.getProperty("mode", AckMode.class, AckMode.BATCH));
			factory.getContainerProperties()
				.setAsyncAcks(environment.getProperty("in-any-order", Boolean.class, false));
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	record Futures(Inbox inbox) {

		@KafkaListener(id = "${topic}", topics = "${topic}")
		CompletableFuture<Void> listen(String message) {
			return this.inbox.take();
		}

	}

	@Configuration(proxyBeanMethods = false)
	record Monos(Inbox inbox) {

		@KafkaListener(id = "${topic}", topics = "${topic}")
		Mono<Void> listen(String message) {
			return Mono.fromFuture(this.inbox.take());
		}

	}

	@Configuration(proxyBeanMethods = false)
	record Batches(Inbox inbox) {

		@KafkaListener(id = "${topic}", topics = "${topic}", batch = "true")
		CompletableFuture<Void> listen(List<String> messages) {
			return CompletableFuture
				.allOf(messages.stream().map((message) -> this.inbox.take()).toArray(CompletableFuture[]::new));
		}

	}

	@Configuration(proxyBeanMethods = false)
	record Later(Inbox inbox) {

		@KafkaListener(id = "${topic}", topics = "${topic}")
		void listen(String message, Acknowledgment acknowledgment) {
			this.inbox.take(acknowledgment);
		}

	}

	@Configuration(proxyBeanMethods = false)
	record EachSecond(Inbox inbox) {

		@KafkaListener(id = "${topic}", topics = "${topic}")
		void listen(String message, Acknowledgment acknowledgment) {
			this.inbox.take();
			if (this.inbox.taken.size() % 2 == 0) {
				acknowledgment.acknowledge();
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Advised {

		@Bean
		AtomicInteger calls() {
			return new AtomicInteger();
		}

		@Bean
		ConcurrentMessageListenerContainer<String, String> advised(
				ConcurrentKafkaListenerContainerFactory<String, String> factory, Inbox inbox, AtomicInteger calls) {
			ConcurrentMessageListenerContainer<String, String> container = factory.createContainer("advised");
			container.getContainerProperties().setGroupId("advised");
			container.getContainerProperties()
				.setMessageListener((AcknowledgingMessageListener<String, String>) (message, acknowledgment) -> inbox
					.take(Objects.requireNonNull(acknowledgment)));
			container.getContainerProperties().setAdviceChain((MethodInterceptor) (invocation) -> {
				calls.incrementAndGet();
				return invocation.proceed();
			});
			return container;
		}

	}

}
