package io.github.gracefulboot.messaging.kafka;

import java.util.function.Supplier;

import io.github.gracefulboot.startup.StartupChecks;
import org.apache.kafka.clients.admin.AdminClientConfig;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Waits for Kafka when a {@link KafkaAdmin} was created: it makes topics as soon as all
 * beans are there, and only then.
 */
final class KafkaCheckPostProcessor implements BeanPostProcessor {

	private final Supplier<StartupChecks> checks;

	/**
	 * Creates the post-processor.
	 * @param checks wait until a broker is there
	 */
	KafkaCheckPostProcessor(Supplier<StartupChecks> checks) {
		this.checks = checks;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof KafkaAdmin admin
				&& admin.getConfigurationProperties().containsKey(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG)) {
			this.checks.get().await(beanName, new KafkaBrokerCheck(admin.getConfigurationProperties()));
		}
		return bean;
	}

}
