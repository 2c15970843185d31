package io.github.gracefulboot.sample.messaging;

import java.time.Duration;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;

/**
 * Passes messages of Kafka on to another topic, each in a transaction: what was sent and
 * that the message was taken become known together, or not at all.
 */
@Component
@Profile("kafka & relay")
class KafkaRelay {

	private final KafkaTemplate<String, String> kafka;

	private final Duration work;

	KafkaRelay(KafkaTemplate<String, String> kafka, @Value("${sample.work}") Duration work) {
		this.kafka = kafka;
		this.work = work;
	}

	@KafkaListener(id = "relay", topics = "messages")
	void relay(String message) throws InterruptedException {
		this.kafka.send("relayed", message, message);
		Thread.sleep(this.work.toMillis());
	}

}
