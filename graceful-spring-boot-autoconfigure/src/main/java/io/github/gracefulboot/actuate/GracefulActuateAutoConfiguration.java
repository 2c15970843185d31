package io.github.gracefulboot.actuate;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/**
 * Auto-configuration of health and meters.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
public final class GracefulActuateAutoConfiguration {

	/**
	 * Health, where Spring Boot's health module is present.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HealthIndicator.class)
	@ConditionalOnEnabledHealthIndicator("graceful")
	static class HealthConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = "gracefulHealthIndicator")
		GracefulHealthIndicator gracefulHealthIndicator(ShutdownSequence shutdown) {
			return new GracefulHealthIndicator(shutdown);
		}

	}

	/**
	 * Meters, which are bound to each registry that there is.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class MetricsConfiguration {

		@Bean
		GracefulMetrics gracefulMetrics(ShutdownSequence shutdown) {
			return new GracefulMetrics(shutdown);
		}

	}

}
