package io.github.gracefulboot.systemtests.broker;

import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;

/**
 * The brokers that the sample takes messages from.
 */
public enum BrokerType {

	/**
	 * Kafka with KRaft, in this JVM.
	 */
	KAFKA((directory) -> new KafkaBroker()),

	/**
	 * Artemis, in this JVM.
	 */
	JMS((directory) -> new ArtemisBroker()),

	/**
	 * RabbitMQ, a process of its own.
	 */
	RABBIT(RabbitBroker::new),

	/**
	 * Redis, a process of its own.
	 */
	REDIS(RedisBroker::new);

	private final Function<Path, Broker> starter;

	BrokerType(Function<Path, Broker> starter) {
		this.starter = starter;
	}

	public Broker start(Path directory) {
		return this.starter.apply(directory);
	}

	/**
	 * The profile of the sample, and what it calls the source of its messages.
	 */
	public String id() {
		return name().toLowerCase(Locale.ROOT);
	}

}
