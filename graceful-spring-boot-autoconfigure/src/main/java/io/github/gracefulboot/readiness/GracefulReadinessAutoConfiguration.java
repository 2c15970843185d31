package io.github.gracefulboot.readiness;

import java.time.Duration;
import java.util.stream.Stream;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.LameDuckProperties;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.Readiness;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for readiness.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class,
		afterName = { "org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration",
				"org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration" })
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
public final class GracefulReadinessAutoConfiguration {

	private static final int FAILURE = 400;

	@Bean
	ReadinessAnnouncer gracefulReadinessAnnouncer(ApplicationContext context, ApplicationAvailability availability,
			Readiness readiness) {
		return new ReadinessAnnouncer(context, availability, readiness);
	}

	// Without Actuator: only the configured paths
	@Bean
	@ConditionalOnMissingBean(name = HealthConfiguration.PROBES)
	PathReadinessProbes gracefulPathReadinessProbes(LameDuckProperties properties, Readiness readiness,
			ShutdownSequence shutdown) {
		return new PathReadinessProbes(() -> ProbePaths.named(properties.getProbePaths()), readiness,
				shutdown::isPortServedOn);
	}

	/**
	 * With Actuator: the paths of its endpoints.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthEndpointGroups.class, PathMappedEndpoints.class })
	static class HealthConfiguration {

		static final String PROBES = "gracefulHealthReadinessProbes";

		@Bean(PROBES)
		PathReadinessProbes gracefulHealthReadinessProbes(ObjectProvider<HealthEndpointGroups> groups,
				ObjectProvider<PathMappedEndpoints> endpoints, ObjectProvider<HealthContributorRegistry> contributors,
				LameDuckProperties properties, Environment environment, Readiness readiness,
				ShutdownSequence shutdown) {
			return new PathReadinessProbes(() -> {
				HealthEndpointGroups health = groups.getIfAvailable();
				PathMappedEndpoints paths = endpoints.getIfAvailable();
				if (health == null || paths == null) {
					return ProbePaths.named(properties.getProbePaths());
				}
				return new HealthPaths(health, paths,
						ManagementPortType.get(environment) == ManagementPortType.DIFFERENT, properties.getProbePaths(),
						!isCached(environment) && contributors.stream()
							.anyMatch((registry) -> saysByItself(health.getPrimary(), registry)));
			}, readiness, shutdown::isPortServedOn);
		}

		private static boolean isCached(Environment environment) {
			return !Binder.get(environment)
				.bind("management.endpoint.health.cache.time-to-live", Duration.class)
				.orElse(Duration.ZERO)
				.isZero();
		}

		private static boolean saysByItself(HealthEndpointGroup group, HealthContributorRegistry contributors) {
			return Stream.of("readinessState", "graceful")
				.anyMatch((name) -> group.isMember(name) && contributors.getContributor(name) != null)
					&& Status.OUT_OF_SERVICE.equals(group.getStatusAggregator()
						.getAggregateStatus(Status.OUT_OF_SERVICE, Status.UP, Status.UNKNOWN))
					&& group.getHttpCodeStatusMapper().getStatusCode(Status.OUT_OF_SERVICE) >= FAILURE;
		}

	}

}
