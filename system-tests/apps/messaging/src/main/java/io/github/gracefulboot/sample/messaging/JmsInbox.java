package io.github.gracefulboot.sample.messaging;

import org.springframework.context.annotation.Profile;
import org.springframework.jms.annotation.JmsListener;
import org.springframework.stereotype.Component;

/**
 * Takes messages from a JMS broker.
 */
@Component
@Profile("jms")
class JmsInbox {

	private final Inbox inbox;

	JmsInbox(Inbox inbox) {
		this.inbox = inbox;
	}

	@JmsListener(id = "inbox", destination = "messages")
	void take(String message) {
		this.inbox.take("jms", message);
	}

}
