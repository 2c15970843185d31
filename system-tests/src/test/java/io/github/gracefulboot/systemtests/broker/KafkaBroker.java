package io.github.gracefulboot.systemtests.broker;

import java.util.Collection;
import java.util.Map;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/**
 * Kafka with a topic of four partitions.
 */
final class KafkaBroker implements Broker {

	private static final int PARTITIONS = 4;

	private final EmbeddedKafkaBroker broker = new EmbeddedKafkaKraftBroker(1, PARTITIONS, "messages");

	KafkaBroker() {
		this.broker.afterPropertiesSet();
	}

	@Override
	public Map<String, String> environment() {
		return Map.of("SPRING_KAFKA_BOOTSTRAP_SERVERS", this.broker.getBrokersAsString());
	}

	@Override
	public void send(Collection<String> messages) {
		Map<String, Object> settings = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, this.broker.getBrokersAsString(),
				ProducerConfig.ACKS_CONFIG, "all");
		try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings, new StringSerializer(),
				new StringSerializer())) {
			messages.forEach((message) -> producer.send(new ProducerRecord<>("messages", message, message)));
			producer.flush();
		}
	}

	@Override
	public void close() {
		this.broker.destroy();
	}

}
