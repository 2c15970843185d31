package io.github.gracefulboot.sample.messaging;

import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/**
 * Takes messages from RabbitMQ.
 */
@Configuration(proxyBeanMethods = false)
@Profile("rabbit & !later & !by-hand")
class RabbitInbox {

	private final Inbox inbox;

	RabbitInbox(Inbox inbox) {
		this.inbox = inbox;
	}

	@Bean
	static Queue messages() {
		return new Queue("messages");
	}

	@RabbitListener(id = "inbox", queues = "messages")
	void take(String message) {
		this.inbox.take("rabbit", message);
	}

}
