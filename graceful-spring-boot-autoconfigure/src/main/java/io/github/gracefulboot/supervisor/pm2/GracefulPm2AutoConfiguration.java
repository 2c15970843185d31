package io.github.gracefulboot.supervisor.pm2;

import io.github.gracefulboot.shutdown.ConditionalOnOwnProcess;
import io.github.gracefulboot.shutdown.ConditionalOnStart;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.supervisor.GracefulSupervisorAutoConfiguration;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of {@link Pm2Supervisor}.
 */
@AutoConfiguration(before = { GracefulSupervisorAutoConfiguration.class, GracefulShutdownAutoConfiguration.class })
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnOwnProcess
@ConditionalOnProperty(name = WaitingPolicy.TEST_PROPERTY, havingValue = "false", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = { "graceful.enabled", "graceful.supervisor.pm2.enabled" }, matchIfMissing = true)
@ConditionalOnStart({ GracefulPm2AutoConfiguration.CHANNEL, GracefulPm2AutoConfiguration.PROCESS })
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class GracefulPm2AutoConfiguration {

	static final String CHANNEL = "NODE_CHANNEL_FD";

	static final String PROCESS = "pm_id";

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	@Nullable Pm2Supervisor gracefulPm2Supervisor(Environment environment) {
		String channel = environment.getProperty(CHANNEL);
		if (channel == null) {
			return null;
		}
		Pm2Properties properties = Binder.get(environment).bindOrCreate("graceful.supervisor.pm2", Pm2Properties.class);
		return new Pm2Supervisor(channel, properties.isExitOnDisconnect());
	}

	@Bean
	@Nullable Pm2KillTimeout gracefulPm2KillTimeout(Environment environment) {
		return environment.containsProperty(PROCESS) ? new Pm2KillTimeout(environment.getProperty("kill_timeout"))
				: null;
	}

}
