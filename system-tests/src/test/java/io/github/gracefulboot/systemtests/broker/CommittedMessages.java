package io.github.gracefulboot.systemtests.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * What was sent to a topic of Kafka in transactions that were committed.
 */
public final class CommittedMessages implements AutoCloseable {

	private static final Duration LONGEST_POLL = Duration.ofMillis(500);

	private final KafkaConsumer<String, String> consumer;

	private final List<String> messages = new ArrayList<>();

	CommittedMessages(String broker, List<TopicPartition> partitions) {
		this.consumer = new KafkaConsumer<>(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker,
				ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"), new StringDeserializer(),
				new StringDeserializer());
		this.consumer.assign(partitions);
		this.consumer.seekToBeginning(partitions);
	}

	/**
	 * Reads on until nothing comes for a while.
	 */
	public List<String> soFar() {
		ConsumerRecords<String, String> records;
		do {
			records = this.consumer.poll(LONGEST_POLL);
			records.forEach((message) -> this.messages.add(message.value()));
		}
		while (!records.isEmpty());
		return List.copyOf(this.messages);
	}

	@Override
	public void close() {
		this.consumer.close();
	}

}
