package io.github.gracefulboot.readiness;

import java.time.Duration;

import io.github.gracefulboot.readiness.PathReadinessProbes.Paths;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.LameDuckProperties;
import io.github.gracefulboot.traffic.Readiness;
import io.github.gracefulboot.traffic.ReadinessProbes;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.core.log.LogMessage;

/**
 * Auto-configuration for readiness.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class,
		afterName = { "org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration",
				"org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration" })
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
public final class GracefulReadinessAutoConfiguration {

	@Bean
	ReadinessAnnouncer gracefulReadinessAnnouncer(ApplicationContext context, ApplicationAvailability availability,
			Readiness readiness) {
		return new ReadinessAnnouncer(context, availability, readiness);
	}

	// Without Actuator: only the configured paths
	@Bean
	@ConditionalOnMissingBean(ReadinessProbes.class)
	PathReadinessProbes gracefulPathReadinessProbes(LameDuckProperties properties) {
		return new PathReadinessProbes(() -> Paths.named(properties.getProbePaths()));
	}

	/**
	 * With Actuator: the paths of its health groups.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthEndpointGroups.class, PathMappedEndpoints.class })
	static class HealthConfiguration {

		private static final Log logger = LogFactory.getLog(HealthConfiguration.class);

		private static final String CACHE_PROPERTY = "management.endpoint.health.cache.time-to-live";

		@Bean
		@ConditionalOnMissingBean(ReadinessProbes.class)
		@ConditionalOnBean({ HealthEndpointGroups.class, PathMappedEndpoints.class })
		PathReadinessProbes gracefulHealthReadinessProbes(ObjectProvider<HealthEndpointGroups> groups,
				ObjectProvider<PathMappedEndpoints> endpoints, LameDuckProperties properties, Environment environment) {
			Duration cached = Binder.get(environment).bind(CACHE_PROPERTY, Duration.class).orElse(Duration.ZERO);
			if (!cached.isZero()) {
				logger
					.warn(LogMessage.format(
							"Readiness is cached for %s, so that load balancers notice a shutdown too "
									+ "late: remove %s to avoid lost requests",
							Durations.text(cached), CACHE_PROPERTY));
			}
			return new PathReadinessProbes(
					() -> HealthPaths.find(groups.getObject(), endpoints.getObject(), properties.getProbePaths()));
		}

	}

}
