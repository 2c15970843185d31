package io.github.gracefulboot.messaging.jms;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Background;
import io.github.gracefulboot.executor.GracefulExecutorAutoConfiguration;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import jakarta.jms.ConnectionFactory;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.jms.annotation.EnableJms;
import org.springframework.jms.annotation.JmsListener;
import org.springframework.jms.config.DefaultJmsListenerContainerFactory;
import org.springframework.jms.config.JmsListenerEndpointRegistry;
import org.springframework.jms.core.JmsTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulJmsAutoConfiguration}, with a real broker.
 */
@ExtendWith(OutputCaptureExtension.class)
class JmsListenerDrainTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final EmbeddedActiveMQ broker = new EmbeddedActiveMQ();

	@BeforeAll
	static void startBroker() throws Exception {
		broker.setConfiguration(new ConfigurationImpl().setPersistenceEnabled(false)
			.setSecurityEnabled(false)
			.addAcceptorConfiguration("vm", "vm://0"));
		broker.start();
	}

	@AfterAll
	static void stopBroker() throws Exception {
		broker.stop();
	}

	@Test
	void whenMessageIsInHandThenItIsFinishedAndTheRestIsLeftToOthers() throws Exception {
		finishesWhatIsInHand("transacted", "transacted=true");
	}

	@Test
	void whenMessagesAreAcknowledgedOnReceiptThenNoneIsLost() throws Exception {
		finishesWhatIsInHand("auto", "transacted=false");
	}

	private static void finishesWhatIsInHand(String queue, String property) throws Exception {
		try (ConfigurableApplicationContext context = run(queue, property)) {
			Listener listener = context.getBean(Listener.class);
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			send(context, queue, 20);
			await(listener.inHand);
			CompletableFuture<Void> closed = Background.run(context::close);
			JmsListenerEndpointRegistry registry = context.getBean(JmsListenerEndpointRegistry.class);
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> !Objects.requireNonNull(registry.getListenerContainer(queue)).isRunning());
			assertThat(closed).isNotDone();
			listener.mayGoOn.countDown();
			assertThat(closed).succeedsWithin(PATIENCE);
			assertThat(listener.handled).containsExactly("0");
			assertThat(shutdown.finish().isClean()).isTrue();
		}
		try (ConfigurableApplicationContext next = run(queue, property)) {
			Listener others = next.getBean(Listener.class);
			others.mayGoOn.countDown();
			Awaitility.await().atMost(PATIENCE).until(() -> others.handled.size() >= 19);
			assertThat(others.handled).hasSize(19).startsWith("1").endsWith("19");
		}
	}

	@Test
	void whenListenerNeverEndsThenItIsNamedAndTheStopGoesOn(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = run("stuck", "graceful.shutdown.timeout=2s")) {
			Listener listener = context.getBean(Listener.class);
			send(context, "stuck", 1);
			await(listener.inHand);
			long start = System.nanoTime();
			context.close();
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			System.out.println("JMS: stopped in " + took.toMillis() + " ms of 2000 though a listener hangs");
			assertThat(took).isBetween(Duration.ofMillis(1500), Duration.ofSeconds(15));
			assertThat(output).contains("Cut off: JMS listener stuck on thread stuck-")
				.contains("JmsListenerDrainTests$Listener.listen(");
			listener.mayGoOn.countDown();
		}
	}

	@Test
	void whenNothingIsInHandThenTheStopIsShort() {
		try (ConfigurableApplicationContext context = run("idle")) {
			long start = System.nanoTime();
			context.close();
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			System.out.println("JMS: stopped an idle listener in " + took.toMillis() + " ms");
			assertThat(took).isLessThan(Duration.ofSeconds(10));
		}
	}

	@Test
	void whenThreadsAreThoseOfAnExecutorBeanThenItBecomesIdle() throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class,
				ExecutorBean.class)
			.web(WebApplicationType.NONE)
			.properties("queue=executor")
			.run()) {
			Listener listener = context.getBean(Listener.class);
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			listener.mayGoOn.countDown();
			send(context, "executor", 1);
			await(listener.inHand);
			context.close();
			assertThat(shutdown.finish().cutOff()).isEmpty();
		}
	}

	private static void await(CountDownLatch latch) throws InterruptedException {
		assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
	}

	private static void send(ConfigurableApplicationContext context, String queue, int messages) {
		JmsTemplate template = new JmsTemplate(context.getBean(ConnectionFactory.class));
		for (int i = 0; i < messages; i++) {
			template.convertAndSend(queue, String.valueOf(i));
		}
	}

	private static ConfigurableApplicationContext run(String queue, String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("queue=" + queue)
			.properties(properties)
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableJms
	@ImportAutoConfiguration({ GracefulShutdownAutoConfiguration.class, GracefulJmsAutoConfiguration.class })
	static class Application {

		@Bean
		ConnectionFactory connectionFactory() {
			return new ActiveMQConnectionFactory("vm://0");
		}

		@Bean
		DefaultJmsListenerContainerFactory jmsListenerContainerFactory(ConnectionFactory connectionFactory,
				Environment environment, ObjectProvider<TaskExecutor> executor) {
			DefaultJmsListenerContainerFactory factory = new DefaultJmsListenerContainerFactory();
			factory.setConnectionFactory(connectionFactory);
			executor.ifAvailable(factory::setTaskExecutor);
			factory.setSessionTransacted(environment.getProperty("transacted", Boolean.class, true));
			return factory;
		}

		@Bean
		Listener listener() {
			return new Listener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(GracefulExecutorAutoConfiguration.class)
	static class ExecutorBean {

		@Bean
		SimpleAsyncTaskExecutor executor() {
			return new SimpleAsyncTaskExecutor("jms-");
		}

	}

	/**
	 * Holds the first message until it may go on.
	 */
	static class Listener {

		private final List<String> handled = new CopyOnWriteArrayList<>();

		private final CountDownLatch inHand = new CountDownLatch(1);

		private final CountDownLatch mayGoOn = new CountDownLatch(1);

		@JmsListener(id = "${queue}", destination = "${queue}")
		void listen(String message) throws InterruptedException {
			this.inHand.countDown();
			this.mayGoOn.await();
			this.handled.add(message);
		}

	}

}
