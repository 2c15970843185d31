package io.github.gracefulboot.sample.messaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;

import com.rabbitmq.client.Channel;

import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.support.AmqpHeaders;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.stereotype.Component;

/**
 * Takes messages that other threads handle, one for each, of which nobody else knows.
 */
@Configuration(proxyBeanMethods = false)
@Profile("later | by-hand")
class LaterInbox {

	private final Inbox inbox;

	LaterInbox(Inbox inbox) {
		this.inbox = inbox;
	}

	private CompletableFuture<Void> take(String source, String message) {
		return CompletableFuture.runAsync(() -> this.inbox.take(source, message),
				(handling) -> new Thread(handling, "handling-" + message).start());
	}

	@Bean
	@Profile("rabbit")
	static Queue messages() {
		return new Queue("messages");
	}

	/**
	 * Returns a future for each record.
	 */
	@Component
	@Profile("kafka & later")
	static class KafkaFutures {

		private final LaterInbox inbox;

		KafkaFutures(LaterInbox inbox) {
			this.inbox = inbox;
		}

		@KafkaListener(id = "inbox", topics = "messages")
		CompletableFuture<Void> take(String message) {
			return this.inbox.take("kafka", message);
		}

	}

	/**
	 * Returns a future for each message.
	 */
	@Component
	@Profile("rabbit & later")
	static class RabbitFutures {

		private final LaterInbox inbox;

		RabbitFutures(LaterInbox inbox) {
			this.inbox = inbox;
		}

		@RabbitListener(id = "inbox", queues = "messages")
		CompletableFuture<Void> take(String message) {
			return this.inbox.take("rabbit", message);
		}

	}

	/**
	 * Acknowledges each message when it was handled.
	 */
	@Component
	@Profile("rabbit & by-hand")
	static class RabbitByHand {

		private final LaterInbox inbox;

		RabbitByHand(LaterInbox inbox) {
			this.inbox = inbox;
		}

		@RabbitListener(id = "inbox", queues = "messages", ackMode = "MANUAL")
		void take(String message, Channel channel, @Header(AmqpHeaders.DELIVERY_TAG) long tag) {
			this.inbox.take("rabbit", message).thenRun(() -> acknowledge(channel, tag));
		}

		private static void acknowledge(Channel channel, long tag) {
			try {
				channel.basicAck(tag, false);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
