package io.github.gracefulboot.systemtests.broker;

import java.util.Collection;
import java.util.Map;
import java.util.stream.IntStream;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/**
 * Kafka with topics of four partitions, one for messages and one for what is made of
 * them.
 */
public final class KafkaBroker implements Broker {

	private static final int PARTITIONS = 4;

	private static final String RELAYED = "relayed";

	private final EmbeddedKafkaBroker broker = new EmbeddedKafkaKraftBroker(1, PARTITIONS, "messages", RELAYED);

	public KafkaBroker() {
		// The one broker holds the state of transactions alone
		this.broker.brokerProperties(
				Map.of("transaction.state.log.replication.factor", "1", "transaction.state.log.min.isr", "1"));
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

	/**
	 * What was made of the messages.
	 */
	public CommittedMessages relayed() {
		return new CommittedMessages(this.broker.getBrokersAsString(),
				IntStream.range(0, PARTITIONS).mapToObj((i) -> new TopicPartition(RELAYED, i)).toList());
	}

	@Override
	public void close() {
		this.broker.destroy();
	}

}
