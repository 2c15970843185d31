package io.github.gracefulboot.actuate;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * Auto-configuration of meters, which are bound to each registry that there is.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
public final class GracefulMetricsAutoConfiguration {

	@Bean
	GracefulMetrics gracefulMetrics(ConfigurableApplicationContext context, ShutdownSequence shutdown) {
		return new GracefulMetrics(context, shutdown);
	}

}
