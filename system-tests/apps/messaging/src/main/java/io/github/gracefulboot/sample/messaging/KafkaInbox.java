package io.github.gracefulboot.sample.messaging;

import org.springframework.context.annotation.Profile;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/**
 * Takes messages from Kafka.
 */
@Component
@Profile("kafka & !relay & !later")
class KafkaInbox {

	private final Inbox inbox;

	KafkaInbox(Inbox inbox) {
		this.inbox = inbox;
	}

	@KafkaListener(id = "inbox", topics = "messages")
	void take(String message) {
		this.inbox.take("kafka", message);
	}

}
