package io.github.gracefulboot.messaging.integration;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.executor.GracefulExecutorAutoConfiguration;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.channel.NullChannel;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.core.MessagingTemplate;
import org.springframework.integration.dsl.GenericEndpointSpec;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.Pollers;
import org.springframework.integration.dsl.StandardIntegrationFlow;
import org.springframework.integration.endpoint.SourcePollingChannelAdapter;
import org.springframework.integration.handler.ServiceActivatingHandler;
import org.springframework.integration.store.MessageGroupQueue;
import org.springframework.integration.store.SimpleMessageStore;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.MessageBuilder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QueueChannelDrain}, with real channels and pollers.
 */
class QueueChannelDrainTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("graceful.shutdown.timeout=10s")
		.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
				GracefulExecutorAutoConfiguration.class, GracefulIntegrationAutoConfiguration.class))
		.withUserConfiguration(Flows.class);

	@Test
	void whenRequestInFlightWaitsForAQueueThenItIsAnswered() {
		this.runner.withBean(Request.class).run((context) -> {
			Request request = context.getBean(Request.class);
			assertThat(stop(context)).isEmpty();
			assertThat(request.reply).isEqualTo("handled 1");
		});
	}

	@Test
	void whenMessagesWaitInQueuesThenAllAreHandled() {
		this.runner.run((context) -> {
			Flows flows = context.getBean(Flows.class);
			MessageChannel channel = context.getBean("first", MessageChannel.class);
			for (int i = 0; i < 20; i++) {
				channel.send(MessageBuilder.withPayload("message").setReplyChannel(new NullChannel()).build());
			}
			assertThat(flows.handled.get()).isLessThan(20);
			assertThat(stop(context)).isEmpty();
			assertThat(flows.handled).hasValue(20);
		});
	}

	@Test
	void whenMessagesAreNotHandledInTimeThenTheyAreCounted() {
		this.runner.withPropertyValues("graceful.shutdown.timeout=2s").run((context) -> {
			// Each of its polls is a task of the scheduler for a moment
			context.getBean("flow", StandardIntegrationFlow.class).stop();
			MessageChannel channel = context.getBean("seldomPolled", MessageChannel.class);
			channel.send(MessageBuilder.withPayload("message").setReplyChannel(new NullChannel()).build());
			channel.send(MessageBuilder.withPayload("message").setReplyChannel(new NullChannel()).build());
			assertThat(stop(context)).containsExactly("2 messages in seldomPolled");
		});
	}

	@Test
	void whenAPollerWaitsForTheNextMessageThenNobodyWaitsForIt() {
		this.runner.withUserConfiguration(Blocking.class).run((context) -> {
			Awaitility.await().until(QueueChannelDrainTests::isPollerWaiting);
			assertThat(stop(context)).isEmpty();
		});
	}

	private static boolean isPollerWaiting() {
		return Thread.getAllStackTraces()
			.values()
			.stream()
			.anyMatch((frames) -> Stream.of(frames).anyMatch((frame) -> frame.getMethodName().equals("doReceive"))
					&& frames[0].getMethodName().equals("park"));
	}

	@Test
	void whenAQueueIsInAMessageStoreThenItIsLeftThere() {
		this.runner.run((context) -> {
			QueueChannel channel = context.getBean("stored", QueueChannel.class);
			channel.send(MessageBuilder.withPayload("message").setReplyChannel(new NullChannel()).build());
			assertThat(stop(context)).isEmpty();
			assertThat(channel.getQueueSize()).isOne();
		});
	}

	private static List<String> stop(ConfigurableApplicationContext context) {
		ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
		AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
		context.close();
		return shutdown.finish().cutOff();
	}

	/**
	 * Comes while the servers drain, when pollers that bring messages in have stopped.
	 */
	static class Request implements DrainParticipant {

		private final MessageChannel channel;

		private final ObjectProvider<SourcePollingChannelAdapter> source;

		private volatile @Nullable Object reply;

		Request(MessageChannel first, ObjectProvider<SourcePollingChannelAdapter> source) {
			this.channel = first;
			this.source = source;
		}

		@Override
		public String name() {
			return "request";
		}

		@Override
		public Collection<ActiveTask> activeTasks() {
			return List.of();
		}

		@Override
		public void drain(Deadline deadline) throws InterruptedException {
			MessagingTemplate template = new MessagingTemplate();
			template.setReceiveTimeout(5000);
			deadline.await(() -> this.source.getObject().getMaxMessagesPerPoll() == 0);
			this.reply = template.convertSendAndReceive(this.channel, "request", String.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Blocking {

		@Bean
		QueueChannel blocking() {
			return new QueueChannel();
		}

		@Bean
		IntegrationFlow blockingFlow() {
			return IntegrationFlow.from("blocking")
				.handle(String.class, (payload, headers) -> null,
						(endpoint) -> endpoint.poller(Pollers.fixedDelay(Duration.ofMillis(5)).receiveTimeout(-1)))
				.get();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableIntegration
	static class Flows {

		private final AtomicInteger handled = new AtomicInteger();

		@Bean
		QueueChannel first() {
			return new QueueChannel();
		}

		@Bean
		QueueChannel second() {
			return new QueueChannel();
		}

		@Bean
		QueueChannel seldomPolled() {
			return new QueueChannel();
		}

		@Bean
		QueueChannel stored() {
			return new QueueChannel(new MessageGroupQueue(new SimpleMessageStore(), "stored"));
		}

		/**
		 * While a message is handled between the two queues both may be empty.
		 */
		@Bean
		IntegrationFlow flow() {
			return IntegrationFlow.from("first")
				.handle(String.class, (payload, headers) -> handle(), polledEach(Duration.ofMillis(5)))
				.channel("second")
				.handle(String.class, (payload, headers) -> payload + this.handled.incrementAndGet(),
						polledEach(Duration.ofMillis(5)))
				.get();
		}

		private String handle() {
			try {
				new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
				return "handled ";
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return "interrupted ";
			}
		}

		@Bean
		IntegrationFlow sourceFlow() {
			return IntegrationFlow
				.fromSupplier(() -> "",
						(endpoint) -> endpoint.id("source")
							.poller(Pollers.fixedDelay(Duration.ofMinutes(1), Duration.ofMinutes(1))))
				.channel(new NullChannel())
				.get();
		}

		@Bean
		IntegrationFlow seldomPolledFlow() {
			return IntegrationFlow.from("seldomPolled")
				.handle(String.class, (payload, headers) -> null, polledEach(Duration.ofMinutes(1)))
				.get();
		}

		@Bean
		IntegrationFlow storedFlow() {
			return IntegrationFlow.from("stored")
				.handle(String.class, (payload, headers) -> null, polledEach(Duration.ofMinutes(1)))
				.get();
		}

		private static Consumer<GenericEndpointSpec<ServiceActivatingHandler>> polledEach(Duration period) {
			return (endpoint) -> endpoint.poller(Pollers.fixedDelay(period, period));
		}

	}

}
