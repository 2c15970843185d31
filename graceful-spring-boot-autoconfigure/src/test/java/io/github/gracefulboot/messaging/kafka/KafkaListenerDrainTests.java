package io.github.gracefulboot.messaging.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Background;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
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

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.requestreply.ReplyingKafkaTemplate;
import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulKafkaAutoConfiguration}, with a real broker.
 */
@ExtendWith(OutputCaptureExtension.class)
class KafkaListenerDrainTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final EmbeddedKafkaBroker broker = new EmbeddedKafkaKraftBroker(1, 1);

	@BeforeAll
	static void startBroker() {
		broker.afterPropertiesSet();
	}

	@AfterAll
	static void stopBroker() {
		broker.destroy();
	}

	@Test
	void whenRecordIsInHandThenItIsCommittedAndTheRestIsLeftToOthers() throws Exception {
		try (ConfigurableApplicationContext context = run(Single.class, "single")) {
			Listeners listeners = context.getBean(Listeners.class);
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			send("single", 20);
			CompletableFuture<Void> closed = closeWhileInHand(context, listeners);
			listeners.mayGoOn.countDown();
			assertThat(closed).succeedsWithin(PATIENCE);
			assertThat(listeners.handled).containsExactly("0");
			assertThat(committed("single")).isOne();
			assertThat(listeners.stoppedIn).containsOnly(Map.entry("single", Stage.DRAIN));
			assertThat(shutdown.finish().isClean()).isTrue();
		}
		try (ConfigurableApplicationContext next = run(Single.class, "single")) {
			Listeners others = next.getBean(Listeners.class);
			others.mayGoOn.countDown();
			Awaitility.await().atMost(PATIENCE).until(() -> others.handled.size() >= 19);
			assertThat(others.handled).hasSize(19).startsWith("1").endsWith("19");
		}
	}

	@Test
	void whenBatchIsInHandThenAllOfItIsCommitted() throws Exception {
		try (ConfigurableApplicationContext context = run(Batch.class, "batch")) {
			Listeners listeners = context.getBean(Listeners.class);
			send("batch", 20);
			CompletableFuture<Void> closed = closeWhileInHand(context, listeners);
			listeners.mayGoOn.countDown();
			assertThat(closed).succeedsWithin(PATIENCE);
			assertThat(listeners.handled).isNotEmpty();
			assertThat(committed("batch")).isEqualTo(listeners.handled.size());
		}
	}

	@Test
	void whenListenerNeverEndsThenItIsNamedAndTheStopGoesOn(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = run(Single.class, "stuck", "graceful.shutdown.timeout=2s")) {
			Listeners listeners = context.getBean(Listeners.class);
			send("stuck", 1);
			await(listeners.inHand);
			long start = System.nanoTime();
			context.close();
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			System.out.println("Kafka: stopped in " + took.toMillis() + " ms of 2000 though a listener hangs");
			assertThat(took).isBetween(Duration.ofMillis(1500), Duration.ofSeconds(15));
			assertThat(output).contains("Cut off: Kafka listener stuck (stuck-0) on thread ")
				.contains("KafkaListenerDrainTests$Single.listen(");
			listeners.mayGoOn.countDown();
		}
	}

	@Test
	void whenNothingIsInHandThenTheStopIsShort() {
		try (ConfigurableApplicationContext context = run(Single.class, "idle")) {
			Awaitility.await().atMost(PATIENCE).until(() -> isAssigned(context));
			long start = System.nanoTime();
			context.close();
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			System.out.println("Kafka: stopped an idle listener in " + took.toMillis() + " ms");
			assertThat(took).isLessThan(Duration.ofSeconds(10));
		}
	}

	@Test
	void whenLameDuckIsSetThenListenersStopInIt() {
		try (ConfigurableApplicationContext context = run(Single.class, "lame", "graceful.messaging.stop=lame-duck",
				"graceful.lame-duck.min=2s")) {
			Awaitility.await().atMost(PATIENCE).until(() -> isAssigned(context));
			Listeners listeners = context.getBean(Listeners.class);
			context.close();
			assertThat(listeners.stoppedIn).containsOnly(Map.entry("lame", Stage.LAME_DUCK));
		}
	}

	@Test
	void whenListenerIsExcludedThenSpringStopsIt() {
		try (ConfigurableApplicationContext context = run(Single.class, "left", "graceful.messaging.exclude=left")) {
			Awaitility.await().atMost(PATIENCE).until(() -> isAssigned(context));
			Listeners listeners = context.getBean(Listeners.class);
			context.close();
			assertThat(listeners.stoppedIn).containsOnly(Map.entry("left", Stage.RELEASE));
		}
	}

	@Test
	void whenContainerTakesRepliesThenItIsStoppedAfterTheDrain() {
		try (ConfigurableApplicationContext context = run(Replies.class, "requests")) {
			Awaitility.await().atMost(PATIENCE).until(() -> isAssigned(context));
			Listeners listeners = context.getBean(Listeners.class);
			context.close();
			assertThat(listeners.stoppedIn).containsEntry("requests", Stage.DRAIN)
				.containsEntry("replies", Stage.RELEASE);
		}
	}

	@Test
	void whenContainerIsHiddenInABeanThenItStopsInTheDrain() {
		try (ConfigurableApplicationContext context = run(Hidden.class, "hidden")) {
			MessageListenerContainer container = context.getBean(Adapter.class).container;
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> !Objects.requireNonNull(container.getAssignedPartitions()).isEmpty());
			Listeners listeners = context.getBean(Listeners.class);
			context.close();
			assertThat(listeners.stoppedIn).containsOnly(Map.entry("hidden", Stage.DRAIN));
		}
	}

	@Test
	void whenApplicationDecidesHowToStopThenItIsLeftSo() {
		try (ConfigurableApplicationContext context = run(Single.class, "own",
				"spring.kafka.listener.immediate-stop=false")) {
			assertThat(context.getBean(ConcurrentKafkaListenerContainerFactory.class)
				.getContainerProperties()
				.isStopImmediate()).isFalse();
		}
	}

	private CompletableFuture<Void> closeWhileInHand(ConfigurableApplicationContext context, Listeners listeners)
			throws InterruptedException {
		await(listeners.inHand);
		CompletableFuture<Void> closed = Background.run(context::close);
		MessageListenerContainer container = container(context);
		Awaitility.await().atMost(PATIENCE).until(() -> !container.isRunning());
		assertThat(closed).isNotDone();
		assertThat(context.getBean(ShutdownSequence.class).getActiveTasks()).singleElement()
			.satisfies((task) -> assertThat(task.thread()).isNotNull());
		return closed;
	}

	private static boolean isAssigned(ConfigurableApplicationContext context) {
		return !Objects.requireNonNull(container(context).getAssignedPartitions()).isEmpty();
	}

	private static MessageListenerContainer container(ConfigurableApplicationContext context) {
		return context.getBean(KafkaListenerEndpointRegistry.class).getListenerContainers().iterator().next();
	}

	private static void await(CountDownLatch latch) throws InterruptedException {
		assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
	}

	private static void send(String topic, int records) {
		KafkaTemplate<String, String> template = new KafkaTemplate<>(producerFactory());
		for (int i = 0; i < records; i++) {
			template.send(topic, String.valueOf(i));
		}
		template.destroy();
		((DefaultKafkaProducerFactory<String, String>) template.getProducerFactory()).destroy();
	}

	private static long committed(String topic) throws Exception {
		try (AdminClient admin = AdminClient.create(Map.of("bootstrap.servers", broker.getBrokersAsString()))) {
			Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(topic)
				.partitionsToOffsetAndMetadata()
				.get();
			return offsets.get(new TopicPartition(topic, 0)).offset();
		}
	}

	private static ConfigurableApplicationContext run(Class<?> application, String topic, String... properties) {
		return new SpringApplicationBuilder(application, Common.class).web(WebApplicationType.NONE)
			.properties("topic=" + topic)
			.properties(properties)
			.run();
	}

	private static ProducerFactory<String, String> producerFactory() {
		return new DefaultKafkaProducerFactory<>(Map.of("bootstrap.servers", broker.getBrokersAsString(),
				"key.serializer", StringSerializer.class, "value.serializer", StringSerializer.class));
	}

	/**
	 * What the listeners did.
	 */
	static class Listeners implements ApplicationListener<ConsumerStoppedEvent> {

		private final List<String> handled = new CopyOnWriteArrayList<>();

		private final Map<String, Stage> stoppedIn = new ConcurrentHashMap<>();

		private final CountDownLatch inHand = new CountDownLatch(1);

		private final CountDownLatch mayGoOn = new CountDownLatch(1);

		private final ShutdownSequence shutdown;

		Listeners(ShutdownSequence shutdown) {
			this.shutdown = shutdown;
		}

		@Override
		public void onApplicationEvent(ConsumerStoppedEvent event) {
			this.stoppedIn.put(
					Objects.requireNonNull(event.getContainer(MessageListenerContainer.class).getListenerId()),
					this.shutdown.getStage());
		}

		private void handle(List<String> records) throws InterruptedException {
			this.inHand.countDown();
			this.mayGoOn.await();
			this.handled.addAll(records);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableKafka
	@ImportAutoConfiguration({ GracefulShutdownAutoConfiguration.class, GracefulKafkaAutoConfiguration.class })
	static class Common {

		@Bean
		Listeners listeners(ShutdownSequence shutdown) {
			return new Listeners(shutdown);
		}

		@Bean
		ConsumerFactory<String, String> consumerFactory() {
			return new DefaultKafkaConsumerFactory<>(
					Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.getBrokersAsString(),
							ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
					new StringDeserializer(), new StringDeserializer());
		}

		@Bean
		ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory(
				ConsumerFactory<String, String> consumerFactory) {
			ConcurrentKafkaListenerContainerFactory<String, String> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumerFactory);
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Single {

		private final Listeners listeners;

		Single(Listeners listeners) {
			this.listeners = listeners;
		}

		@KafkaListener(id = "${topic}", topics = "${topic}")
		void listen(String message) throws InterruptedException {
			this.listeners.handle(List.of(message));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Batch {

		private final Listeners listeners;

		Batch(Listeners listeners) {
			this.listeners = listeners;
		}

		@KafkaListener(id = "${topic}", topics = "${topic}", batch = "true")
		void listen(List<String> messages) throws InterruptedException {
			this.listeners.handle(messages);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Replies {

		@KafkaListener(id = "${topic}", topics = "${topic}")
		void listen(String message) {
		}

		@Bean
		ConcurrentMessageListenerContainer<String, String> replies(
				ConcurrentKafkaListenerContainerFactory<String, String> factory) {
			ConcurrentMessageListenerContainer<String, String> container = factory.createContainer("replies");
			container.getContainerProperties().setGroupId("replies");
			container.setBeanName("replies");
			return container;
		}

		@Bean
		ReplyingKafkaTemplate<String, String, String> template(
				ConcurrentMessageListenerContainer<String, String> replies) {
			return new ReplyingKafkaTemplate<>(producerFactory(), replies);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Hidden {

		@Bean
		Adapter adapter(ConcurrentKafkaListenerContainerFactory<String, String> factory,
				ApplicationEventPublisher events, Listeners listeners) {
			ConcurrentMessageListenerContainer<String, String> container = factory.createContainer("hidden");
			container.getContainerProperties().setGroupId("hidden");
			container.getContainerProperties()
				.setMessageListener((MessageListener<String, String>) (message) -> listeners.inHand.countDown());
			container.setBeanName("hidden");
			container.setApplicationEventPublisher(events);
			return new Adapter(container);
		}

	}

	/**
	 * Has a container of its own, as the adapters of Spring Integration have.
	 */
	static class Adapter implements SmartLifecycle {

		private final MessageListenerContainer container;

		Adapter(MessageListenerContainer container) {
			this.container = container;
		}

		@Override
		public void start() {
			this.container.start();
		}

		@Override
		public void stop() {
			this.container.stop();
		}

		@Override
		public boolean isRunning() {
			return this.container.isRunning();
		}

	}

}
