package io.github.gracefulboot.sample.messaging;

import java.util.List;
import java.util.Map;

import io.github.gracefulboot.messaging.amqp.GracefulRabbitCheckAutoConfiguration;
import io.github.gracefulboot.messaging.jms.GracefulJmsCheckAutoConfiguration;
import io.github.gracefulboot.messaging.kafka.GracefulKafkaCheckAutoConfiguration;
import io.github.gracefulboot.messaging.redis.GracefulRedisCheckAutoConfiguration;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.artemis.autoconfigure.ArtemisAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.jms.autoconfigure.JmsAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jms.annotation.JmsListener;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for clients that Spring Boot defines because their library is on the class path.
 * No broker is there.
 */
class UnusedClientTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("graceful.startup.timeout=100ms")
		.withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class, RabbitAutoConfiguration.class,
				DataRedisAutoConfiguration.class, ArtemisAutoConfiguration.class, JmsAutoConfiguration.class,
				GracefulShutdownAutoConfiguration.class, GracefulStartupAutoConfiguration.class,
				GracefulKafkaCheckAutoConfiguration.class, GracefulRabbitCheckAutoConfiguration.class,
				GracefulJmsCheckAutoConfiguration.class, GracefulRedisCheckAutoConfiguration.class));

	@Test
	void whenNobodyUsesThemThenTheyAreNotWaitedFor() {
		this.runner.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.kafka.consumer.group-id=orders",
			"spring.kafka.consumer.bootstrap-servers=127.0.0.1:1", "spring.rabbitmq.listener.simple.prefetch=1",
			"spring.data.redis.timeout=1s", "spring.rabbitmq.addresses=${missing:}" })
	void whenOnlySomethingElseIsSetThenTheyAreNotWaitedFor(String property) {
		this.runner.withPropertyValues(property).run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource({ "kafkaAdmin,spring.kafka.bootstrap-servers=127.0.0.1:1",
			"kafkaAdmin,spring.kafka.bootstrap-servers[0]=127.0.0.1:1",
			"rabbitConnectionFactory,spring.rabbitmq.host=127.0.0.1", "redisConnectionFactory,spring.data.redis.port=1",
			"redisConnectionFactory,spring.data.redis.url=redis://127.0.0.1:1",
			"jmsConnectionFactory,spring.artemis.broker-url=tcp://127.0.0.1:1" })
	void whenItsAddressIsSetThenItIsRequired(String name, String property) {
		fails(name, this.runner.withPropertyValues(property, "spring.rabbitmq.port=1")
			.withPropertyValues(
					"graceful.startup.check.exclude=" + (name.startsWith("rabbit") ? "" : "rabbitConnectionFactory")));
	}

	@Test
	void whenItsAddressComesWithConnectionDetailsThenItIsRequired() {
		fails("redisConnectionFactory", this.runner.withBean(DataRedisConnectionDetails.class, RedisDetails::new));
	}

	@ParameterizedTest
	@CsvSource({ "kafkaAdmin,UsesKafka", "rabbitConnectionFactory,UsesRabbit", "redisConnectionFactory,UsesRedis",
			"jmsConnectionFactory,UsesJms", "kafkaAdmin,ListensToKafka", "rabbitConnectionFactory,ListensToRabbit",
			"jmsConnectionFactory,ListensToJms", "kafkaAdmin,MakesTopics" })
	void whenABeanOfTheApplicationUsesItThenItIsRequired(String name, String type) throws Exception {
		fails(name, this.runner.withUserConfiguration(Class.forName(UnusedClientTests.class.getName() + "$" + type)));
	}

	@Test
	void whenListenersHaveBrokersOfTheirOwnThenTheDefaultOnesAreNotWaitedFor() {
		this.runner.withUserConfiguration(ListensToKafka.class, OwnConsumers.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static void fails(String name, ApplicationContextRunner runner) {
		runner.run((context) -> assertThat(context).getFailure()
			.hasStackTraceContaining(name + " was still unavailable after"));
	}

	static final class RedisDetails implements DataRedisConnectionDetails {

		@Override
		public Standalone getStandalone() {
			return Standalone.of("127.0.0.1", 1);
		}

	}

	record UsesKafka(KafkaTemplate<?, ?> template) {

	}

	record UsesRabbit(RabbitTemplate template) {

	}

	record UsesRedis(StringRedisTemplate template) {

	}

	record UsesJms(JmsTemplate template) {

	}

	@Configuration(proxyBeanMethods = false)
	static class MakesTopics {

		@Bean
		NewTopic orders() {
			return new NewTopic("orders", 1, (short) 1);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnConsumers {

		@Bean
		ConsumerFactory<?, ?> consumers() {
			return new DefaultKafkaConsumerFactory<>(
					Map.of("bootstrap.servers", List.of("127.0.0.1:1"), "group.id", "orders"));
		}

	}

	static class ListensToKafka {

		@KafkaListener(id = "orders", topics = "orders", autoStartup = "false")
		void take(String order) {
		}

	}

	static class ListensToRabbit {

		@RabbitListener(queues = "orders", autoStartup = "false")
		void take(String order) {
		}

	}

	static class ListensToJms {

		@JmsListener(destination = "orders")
		void take(String order) {
		}

	}

}
