package io.github.gracefulboot.systemtests.broker;

import java.util.Collection;
import java.util.Map;

import io.github.gracefulboot.test.process.FreePorts;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSProducer;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * Artemis without a journal: it outlives those who take its messages.
 */
final class ArtemisBroker implements Broker {

	private final String url = "tcp://127.0.0.1:" + FreePorts.next();

	private final EmbeddedActiveMQ broker = new EmbeddedActiveMQ();

	ArtemisBroker() {
		try {
			this.broker.setConfiguration(new ConfigurationImpl().setPersistenceEnabled(false)
				.setSecurityEnabled(false)
				.addAcceptorConfiguration("tcp", this.url));
			this.broker.start();
		}
		catch (Exception ex) {
			throw new IllegalStateException("Artemis does not start", ex);
		}
	}

	@Override
	public Map<String, String> environment() {
		return Map.of("SPRING_ARTEMIS_BROKER_URL", this.url);
	}

	@Override
	public void send(Collection<String> messages) {
		try (ActiveMQConnectionFactory connections = new ActiveMQConnectionFactory(this.url);
				JMSContext context = connections.createContext()) {
			JMSProducer producer = context.createProducer();
			messages.forEach((message) -> producer.send(context.createQueue("messages"), message));
		}
	}

	@Override
	public void close() {
		try {
			this.broker.stop();
		}
		catch (Exception ex) {
			throw new IllegalStateException("Artemis does not stop", ex);
		}
	}

}
