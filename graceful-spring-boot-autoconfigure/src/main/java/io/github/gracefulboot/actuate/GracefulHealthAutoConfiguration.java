package io.github.gracefulboot.actuate;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.Readiness;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * Auto-configuration of health, where Spring Boot's health module is present.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("graceful")
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
public final class GracefulHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "gracefulHealthIndicator")
	GracefulHealthIndicator gracefulHealthIndicator(ShutdownSequence shutdown, Readiness readiness) {
		return new GracefulHealthIndicator(shutdown, readiness);
	}

}
