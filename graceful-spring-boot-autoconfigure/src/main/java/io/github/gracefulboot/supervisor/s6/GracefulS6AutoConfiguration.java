package io.github.gracefulboot.supervisor.s6;

import io.github.gracefulboot.shutdown.ConditionalOnOwnProcess;
import io.github.gracefulboot.shutdown.ConditionalOnStart;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.supervisor.GracefulSupervisorAutoConfiguration;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of {@link S6Supervisor}.
 */
@AutoConfiguration(before = GracefulSupervisorAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnOwnProcess
@ConditionalOnProperty(name = WaitingPolicy.TEST_PROPERTY, havingValue = "false", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = { "graceful.enabled", "graceful.supervisor.s6.enabled" }, matchIfMissing = true)
@ConditionalOnStart(GracefulS6AutoConfiguration.DESCRIPTOR)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class GracefulS6AutoConfiguration {

	static final String DESCRIPTOR = "graceful.supervisor.s6.notification-fd";

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	@Nullable S6Supervisor gracefulS6Supervisor(Environment environment) {
		String descriptor = environment.getProperty(DESCRIPTOR);
		return (descriptor != null) ? new S6Supervisor(descriptor) : null;
	}

}
