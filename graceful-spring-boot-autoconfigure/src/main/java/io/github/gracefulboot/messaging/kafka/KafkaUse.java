package io.github.gracefulboot.messaging.kafka;

import java.util.List;

import io.github.gracefulboot.shutdown.ExistingBeans;
import io.github.gracefulboot.startup.ClientUse;
import org.apache.kafka.clients.admin.NewTopic;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaAdmin.NewTopics;

/**
 * Tells whether somebody wants the brokers of a {@code KafkaAdmin}. Spring Boot defines
 * one for the default address, together with a consumer factory and a producer factory.
 * Each of them can be given an address of its own, and the application can define its
 * own.
 */
final class KafkaUse {

	private static final String DETAILS = "KafkaConnectionDetails";

	private static final String CONSUMERS = "kafkaConsumerFactory";

	private static final String PRODUCERS = "kafkaProducerFactory";

	private final ConfigurableListableBeanFactory beanFactory;

	private final ClientUse admin;

	private final ClientUse consumers;

	private final ClientUse producers;

	KafkaUse(ConfigurableListableBeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.consumers = new ClientUse(beanFactory, environment, List.of("spring.kafka.consumer.bootstrap-servers"),
				DETAILS, this::hasListeners);
		this.producers = new ClientUse(beanFactory, environment, List.of("spring.kafka.producer.bootstrap-servers"),
				DETAILS, () -> false);
		this.admin = new ClientUse(beanFactory, environment,
				List.of("spring.kafka.bootstrap-servers", "spring.kafka.properties.bootstrap.servers",
						"spring.kafka.admin.properties.bootstrap.servers"),
				DETAILS,
				() -> isWantedByDefault(this.consumers, CONSUMERS) || isWantedByDefault(this.producers, PRODUCERS));
	}

	/**
	 * Returns whether the brokers are required when the bean is created, since they are
	 * configured or topics are to be created.
	 * @param name the name of the bean
	 * @return whether they are required early
	 */
	boolean isRequiredEarly(String name) {
		return this.admin.isConfigured(name) || hasBeans(NewTopic.class) || hasBeans(NewTopics.class);
	}

	/**
	 * Returns whether the brokers are required only because a bean of the application or
	 * a listener uses them. Known after all beans have been created.
	 * @param name the name of the bean
	 * @return whether they are required late
	 */
	boolean isRequiredLate(String name) {
		return !isRequiredEarly(name) && this.admin.isWanted(name);
	}

	private boolean isWantedByDefault(ClientUse use, String name) {
		return this.beanFactory.containsBean(name) && !use.isConfigured(name) && use.isWanted(name);
	}

	private boolean hasBeans(Class<?> type) {
		return this.beanFactory.getBeanNamesForType(type, true, false).length > 0;
	}

	private boolean hasListeners() {
		return new ExistingBeans(this.beanFactory).ofType(KafkaListenerEndpointRegistry.class)
			.values()
			.stream()
			.anyMatch((registry) -> !registry.getListenerContainerIds().isEmpty());
	}

}
