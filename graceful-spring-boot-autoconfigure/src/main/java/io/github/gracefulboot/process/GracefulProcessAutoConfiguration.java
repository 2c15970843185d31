package io.github.gracefulboot.process;

import io.github.gracefulboot.shutdown.GracefulShutdown;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownProperties;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the end of the process.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@ConditionalOnBean(GracefulShutdown.class)
public final class GracefulProcessAutoConfiguration {

	@Bean
	StopSignals gracefulStopSignals(ConfigurableApplicationContext context, GracefulShutdown shutdown,
			ShutdownProperties properties) {
		return new StopSignals(context, shutdown, properties.isExitCodes());
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "graceful.shutdown.force-exit", matchIfMissing = true)
	DeadlineGuard gracefulDeadlineGuard(ApplicationContext context, GracefulShutdown shutdown, StopSignals signals) {
		return new DeadlineGuard(context, shutdown, signals);
	}

}
