package io.github.gracefulboot.messaging.kafka;

import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.gracefulboot.startup.StartupChecks;
import org.apache.kafka.clients.admin.AdminClientConfig;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Waits for Kafka when a {@link KafkaAdmin} is created, which creates topics only once,
 * as soon as all beans have been created.
 */
final class KafkaCheckPostProcessor implements BeanPostProcessor, AopInfrastructureBean {

	private final Supplier<StartupChecks> checks;

	private final Predicate<String> required;

	/**
	 * Creates the post-processor.
	 * @param checks provides the checks that wait for a broker
	 * @param required whether the brokers of a bean are required as soon as it exists
	 */
	KafkaCheckPostProcessor(Supplier<StartupChecks> checks, Predicate<String> required) {
		this.checks = checks;
		this.required = required;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof KafkaAdmin admin && hasServers(admin) && this.required.test(beanName)) {
			this.checks.get().await(beanName, new KafkaBrokerCheck(admin.getConfigurationProperties()));
		}
		return bean;
	}

	/**
	 * Returns whether an admin has servers of its own, rather than from a supplier only.
	 * @param admin the admin
	 * @return whether it has
	 */
	static boolean hasServers(KafkaAdmin admin) {
		return admin.getConfigurationProperties().containsKey(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
	}

}
