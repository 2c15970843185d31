package io.github.gracefulboot.readiness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.shutdown.FixedHandOver;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.HandOver;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.Readiness;
import io.github.gracefulboot.traffic.ReadinessProbes;
import io.github.gracefulboot.traffic.ReadinessProbes.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.application.AvailabilityHealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulReadinessAutoConfiguration}.
 */
class GracefulReadinessAutoConfigurationTests {

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations.of(
			GracefulShutdownAutoConfiguration.class, GracefulReadinessAutoConfiguration.class,
			ApplicationAvailabilityAutoConfiguration.class);

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AUTO_CONFIGURATIONS)
		.withConfiguration(AutoConfigurations.of(EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class,
				HealthEndpointAutoConfiguration.class, HealthContributorAutoConfiguration.class,
				HealthContributorRegistryAutoConfiguration.class, AvailabilityHealthContributorAutoConfiguration.class,
				AvailabilityProbesAutoConfiguration.class));

	@Test
	void whenDefaultThenReadinessGroupAndWholeHealthAreProbes() {
		this.runner.run((context) -> {
			ReadinessProbes probes = context.getBean(ReadinessProbes.class);
			assertThat(probes.classify("GET", "/actuator/health/readiness", false)).isEqualTo(Kind.READINESS);
			assertThat(probes.classify("GET", "/actuator/health", false)).isEqualTo(Kind.READINESS);
			assertThat(probes.classify("GET", "/actuator/health/liveness", false)).isEqualTo(Kind.MANAGEMENT);
			assertThat(probes.classify("GET", "/actuator", false)).isEqualTo(Kind.MANAGEMENT);
			assertThat(probes.classify("GET", "/actuator/orders", false)).isEqualTo(Kind.TRAFFIC);
			assertThat(probes.classify("GET", "/readyz", false)).isEqualTo(Kind.TRAFFIC);
			assertThat(probes.classify("GET", "/orders", false)).isEqualTo(Kind.TRAFFIC);
		});
	}

	/**
	 * As a health check of the application does that publishes its own verdict.
	 */
	@Test
	void whenTheApplicationPublishesReadinessDuringAShutdownThenItIsRefusedAllTheSame() {
		List<Boolean> heard = new ArrayList<>();
		this.runner.withBean(Readiness.Listener.class, () -> heard::add).run((context) -> {
			ApplicationAvailability availability = context.getBean(ApplicationAvailability.class);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			context.getBean(ReadinessAnnouncer.class).announceStop(Deadline.after(System::nanoTime, Duration.ZERO));
			assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
			AvailabilityChangeEvent.publish(context, this, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
			try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
				child.setParent(context.getSourceApplicationContext());
				child.refresh();
				AvailabilityChangeEvent.publish(child, ReadinessState.ACCEPTING_TRAFFIC);
			}
			assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
			assertThat(heard.get(0)).isTrue();
			assertThat(heard.subList(1, heard.size())).isNotEmpty().containsOnly(false);
		});
	}

	@Test
	void whenOthersServeThePortOnThenProbesAreAcceptedDuringAShutdown() {
		this.runner.withBean(HandOver.BEAN, HandOver.class, FixedHandOver::new).run((context) -> {
			ReadinessProbes probes = context.getBean(ReadinessProbes.class);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(probes.classify("GET", "/actuator/health/readiness", false)).isEqualTo(Kind.READINESS);
			context.getBean(ShutdownSequence.class).start(StopReason.HAND_OVER);
			context.getBean(ReadinessAnnouncer.class).announceStop(Deadline.after(System::nanoTime, Duration.ZERO));
			assertThat(probes.classify("GET", "/actuator/health/readiness", false)).isEqualTo(Kind.ACCEPTED);
			assertThat(probes.classify("POST", "/actuator/health", false)).isEqualTo(Kind.ACCEPTED);
			assertThat(probes.classify("GET", "/actuator/health/liveness", false)).isEqualTo(Kind.MANAGEMENT);
			assertThat(probes.classify("GET", "/orders", false)).isEqualTo(Kind.TRAFFIC);
		});
	}

	@Test
	void whenNobodyServesThePortOnThenProbesAreRefusedDuringAShutdown() {
		this.runner.withBean(HandOver.BEAN, HandOver.class, () -> new FixedHandOver(false, null, null))
			.run((context) -> {
				context.getBean(ShutdownSequence.class).start(StopReason.SIGTERM);
				context.getBean(ReadinessAnnouncer.class).announceStop(Deadline.after(System::nanoTime, Duration.ZERO));
				assertThat(context.getBean(ReadinessProbes.class).classify("GET", "/actuator/health/readiness", false))
					.isEqualTo(Kind.REFUSED);
			});
	}

	@Test
	void whenAdditionalPathsAreOnThenReadyzIsAProbeOfTheServerPort() {
		this.runner.withPropertyValues("management.endpoint.health.probes.add-additional-paths=true").run((context) -> {
			ReadinessProbes probes = context.getBean(ReadinessProbes.class);
			assertThat(probes.classify("GET", "/readyz", false)).isEqualTo(Kind.READINESS);
			assertThat(probes.classify("GET", "/livez", false)).isEqualTo(Kind.MANAGEMENT);
		});
	}

	@Test
	void whenGroupOfTheUsersHoldsTheReadinessStateThenItIsAProbe() {
		this.runner
			.withPropertyValues("server.port=8080", "management.server.port=8081",
					"management.endpoints.web.base-path=/manage",
					"management.endpoint.health.group.balancer.include=readinessState",
					"management.endpoint.health.group.balancer.additional-path=management:/up")
			.run((context) -> {
				ReadinessProbes probes = context.getBean(ReadinessProbes.class);
				assertThat(probes.classify("GET", "/manage/health/balancer", true)).isEqualTo(Kind.READINESS);
				assertThat(probes.classify("GET", "/up", true)).isEqualTo(Kind.READINESS);
				assertThat(probes.classify("GET", "/up", false)).isEqualTo(Kind.TRAFFIC);
				assertThat(probes.classify("GET", "/anything", true)).isEqualTo(Kind.MANAGEMENT);
			});
	}

	@Test
	void whenTheApplicationIsOnTheSameBasePathThenOnlyEndpointsAreManagement() {
		for (String basePath : List.of("/api", "/")) {
			String base = basePath.equals("/") ? "" : basePath;
			this.runner
				.withPropertyValues("management.endpoints.web.base-path=" + basePath,
						"management.endpoints.web.exposure.include=health,custom")
				.withUserConfiguration(CustomEndpoint.class)
				.run((context) -> {
					ReadinessProbes probes = context.getBean(ReadinessProbes.class);
					assertThat(probes.classify("GET", base + "/orders", false)).isEqualTo(Kind.TRAFFIC);
					assertThat(probes.classify("GET", base + "/customers", false)).isEqualTo(Kind.TRAFFIC);
					assertThat(probes.classify("GET", base + "/custom", false)).isEqualTo(Kind.MANAGEMENT);
					assertThat(probes.classify("GET", base + "/custom/1", false)).isEqualTo(Kind.MANAGEMENT);
					assertThat(probes.classify("GET", base + "/health", false)).isEqualTo(Kind.READINESS);
					assertThat(probes.classify("GET", base + "/healthy", false)).isEqualTo(Kind.TRAFFIC);
				});
		}
	}

	@Test
	void whenManagementHasItsOwnPortThenThePathsOfTheApplicationAreItsOwn() {
		this.runner.withPropertyValues("server.port=8080", "management.server.port=8081").run((context) -> {
			ReadinessProbes probes = context.getBean(ReadinessProbes.class);
			assertThat(probes.classify("GET", "/actuator/health", true)).isEqualTo(Kind.READINESS);
			assertThat(probes.classify("GET", "/actuator/health", false)).isEqualTo(Kind.TRAFFIC);
		});
	}

	@Test
	void whenAGroupDoesNotHoldTheReadinessStateThenItIsRefusedAllTheSame() {
		this.runner
			.withPropertyValues("management.endpoint.health.probes.add-additional-paths=true",
					"management.endpoint.health.group.readiness.include=ping",
					"management.endpoint.health.group.lb.include=ping",
					"management.endpoint.health.group.lb.additional-path=server:/up",
					"graceful.lame-duck.probe-paths=/healthz")
			.run((context) -> assertRefused(context, "/actuator/health/readiness", "/readyz", "/actuator/health/lb",
					"/up", "/actuator/health/ping", "/healthz"));
	}

	@Test
	void whenLivenessIsAskedThenItIsNeverRefused() {
		this.runner
			.withPropertyValues("management.endpoint.health.probes.add-additional-paths=true",
					"management.endpoint.health.group.alive.include=ping",
					"management.endpoint.health.group.pulse.include=livenessState,ping")
			.run((context) -> {
				refuse(context);
				ReadinessProbes probes = context.getBean(ReadinessProbes.class);
				for (String path : List.of("/livez", "/actuator/health/liveness", "/actuator/health/livenessState",
						"/actuator/health/liveness/livenessState", "/actuator/health/alive",
						"/actuator/health/pulse/ping")) {
					assertThat(probes.classify("GET", path, false)).as(path).isEqualTo(Kind.MANAGEMENT);
				}
			});
	}

	@Test
	void whenHealthItselfSaysThatItIsOutOfServiceThenItIsLeftToSaySo() {
		this.runner.run((context) -> {
			refuse(context);
			ReadinessProbes probes = context.getBean(ReadinessProbes.class);
			assertThat(probes.classify("GET", "/actuator/health", false)).isEqualTo(Kind.READINESS);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.endpoint.health.probes.enabled=false",
			"management.endpoint.health.status.http-mapping.out-of-service=200",
			"management.endpoint.health.status.order=up,out-of-service",
			"management.endpoint.health.cache.time-to-live=10s" })
	void whenHealthItselfDoesNotSayThatItIsOutOfServiceThenItIsRefused(String property) {
		this.runner.withPropertyValues(property).run((context) -> assertRefused(context, "/actuator/health"));
	}

	private static void assertRefused(ApplicationContext context, String... paths) {
		ReadinessProbes probes = context.getBean(ReadinessProbes.class);
		for (String path : paths) {
			assertThat(probes.classify("GET", path, false)).as(path).isEqualTo(Kind.READINESS);
		}
		refuse(context);
		for (String path : paths) {
			assertThat(probes.classify("GET", path, false)).as(path).isEqualTo(Kind.REFUSED);
		}
	}

	private static void refuse(ApplicationContext context) {
		context.getBean(ReadinessAnnouncer.class).announceStop(Deadline.after(System::nanoTime, Duration.ZERO));
	}

	@Test
	void whenActuatorIsAbsentThenOnlyNamedPathsAreProbes() {
		new ApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS)
			.withClassLoader(new FilteredClassLoader(HealthEndpointGroups.class))
			.withPropertyValues("graceful.lame-duck.probe-paths=/healthz")
			.run((context) -> {
				ReadinessProbes probes = context.getBean(ReadinessProbes.class);
				assertThat(probes.classify("GET", "/healthz", false)).isEqualTo(Kind.READINESS);
				assertThat(probes.classify("GET", "/actuator/health/readiness", false)).isEqualTo(Kind.TRAFFIC);
			});
	}

	@Test
	void whenContextIsNoWebContextThenReadinessIsRefusedAtTheStop() {
		new ApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS).run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			ApplicationAvailability availability = context.getBean(ApplicationAvailability.class);
			assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
			context.close();
			assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
		});
	}

	@Endpoint(id = "custom")
	static class CustomEndpoint {

		@ReadOperation
		String read(@Selector String id) {
			return id;
		}

	}

}
