package io.github.gracefulboot.sample.messaging;

import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.log.LogMessage;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes messages into the database: each delivery as a row, and each message once. A
 * message that begins with {@code slow} takes two seconds.
 */
@Component
class Inbox {

	private static final Log logger = LogFactory.getLog(Inbox.class);

	private static final Duration SLOW = Duration.ofSeconds(2);

	private final JdbcClient jdbc;

	private final Duration work;

	Inbox(JdbcClient jdbc, @Value("${sample.work}") Duration work) {
		this.jdbc = jdbc;
		this.work = work;
	}

	@Transactional
	void take(String source, String message) {
		work(message);
		this.jdbc.sql("insert into deliveries (source, message) values (?, ?)").params(source, message).update();
		this.jdbc.sql("insert into messages (source, message) values (?, ?) on conflict do nothing")
			.params(source, message)
			.update();
	}

	private void work(String message) {
		boolean slow = message.startsWith("slow");
		if (slow) {
			logger.info(LogMessage.format("Message %s begins", message));
		}
		try {
			Thread.sleep((slow ? SLOW : this.work).toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while working", ex);
		}
	}

}
