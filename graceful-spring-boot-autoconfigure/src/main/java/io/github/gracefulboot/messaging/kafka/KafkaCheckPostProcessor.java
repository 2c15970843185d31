package io.github.gracefulboot.messaging.kafka;

import java.util.function.Supplier;

import io.github.gracefulboot.startup.StartupChecks;
import org.apache.kafka.clients.admin.AdminClientConfig;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Waits for Kafka when a {@link KafkaAdmin} is created, which creates topics only once,
 * as soon as all beans have been created.
 */
final class KafkaCheckPostProcessor implements BeanPostProcessor {

	private final Supplier<StartupChecks> checks;

	/**
	 * Creates the post-processor.
	 * @param checks provides the checks that wait for a broker
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
