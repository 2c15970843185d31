package io.github.gracefulboot.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.shutdown.ConditionalOnOwnProcess;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.HandOver;
import io.github.gracefulboot.shutdown.OwnBeans;
import io.github.gracefulboot.shutdown.ProcessStopper;
import io.github.gracefulboot.shutdown.PropertyRules;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.startup.StartupChecks;
import io.github.gracefulboot.startup.StartupProperties;
import io.github.gracefulboot.traffic.Prober;
import io.github.gracefulboot.traffic.Traffic;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of what is told to supervisors. Nothing where there is none, in a
 * test, and in a container that hosts the application as a WAR.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnOwnProcess
@ConditionalOnProperty(name = WaitingPolicy.TEST_PROPERTY, havingValue = "false", matchIfMissing = true)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN, value = Supervisor.class)
@ConditionalOnMissingBean(Supervisors.class)
public final class GracefulSupervisorAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static Supervisors gracefulSupervisors(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<ProcessStopper> stopper, ObjectProvider<ShutdownSequence> shutdown) {
		return new Supervisors(new OwnBeans(beanFactory).ordered(Supervisor.class),
				(source) -> stopper.getObject().stopProcess(StopReason.SUPERVISOR, source),
				() -> shutdown.getObject().endsProcess(), () -> handedOverTo(new OwnBeans(beanFactory)));
	}

	/**
	 * Asks a bean that comes into being long after supervisors are told for the first
	 * time.
	 */
	private static HandOver.@Nullable Generation handedOverTo(OwnBeans beans) {
		return beans.existing(HandOver.BEAN, HandOver.class).map(HandOver::handedOverTo).orElse(null);
	}

	// A post-processor, so that it is there before any other bean
	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static StartReporter gracefulStartReporter(Supervisors supervisors, Environment environment,
			ObjectProvider<Traffic> traffic, ObjectProvider<Watchdog> watchdog, ObjectProvider<StartupChecks> checks) {
		ReadyProperties properties = Binder.get(environment).bindOrCreate("graceful.ready", ReadyProperties.class);
		PropertyRules.notNegative("graceful.ready.delay", properties.getDelay());
		PropertyRules.notNegative("graceful.ready.max", properties.getMax());
		PropertyRules.atLeast("graceful.ready.probes", properties.getProbes(), 0,
				"Set how many successful probes to wait for, or 0.");
		ReadyGate gate = new ReadyGate(properties.getDelay(), properties.getProbes(), properties.getMax(),
				() -> traffic.stream().map(Traffic::activeProbers).<Prober>flatMap(List::stream).toList());
		StartReporter reporter = new StartReporter(supervisors, new StarterActivity(Thread.currentThread()), gate,
				() -> watchdog.ifAvailable(Watchdog::start));
		checks.ifAvailable((startupChecks) -> startupChecks.addObserver(reporter));
		return reporter;
	}

	@Bean
	StopReporter gracefulStopReporter(Supervisors supervisors, ShutdownSequence shutdown) {
		return new StopReporter(supervisors, shutdown);
	}

	@Bean
	Watchdog gracefulWatchdog(Supervisors supervisors, ShutdownSequence shutdown, ObjectProvider<LivenessCheck> checks,
			Environment environment) {
		Duration longestStart = Binder.get(environment)
			.bindOrCreate("graceful.startup", StartupProperties.class)
			.getTimeout();
		return new Watchdog(supervisors, shutdown::getDeadline, () -> checks.orderedStream().toList(),
				shutdown::endsProcess, longestStart);
	}

	@Bean
	DeadlockCheck gracefulDeadlockCheck() {
		return new DeadlockCheck();
	}

	@Bean
	LivenessCheck gracefulAvailabilityCheck(ApplicationAvailability availability) {
		return () -> (availability.getLivenessState() == LivenessState.BROKEN)
				? Optional.of("its liveness state is BROKEN") : Optional.empty();
	}

	/**
	 * With Actuator: the health group that Kubernetes would ask.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HealthEndpoint.class)
	static class HealthConfiguration {

		@Bean
		LivenessCheck gracefulHealthCheck(ObjectProvider<HealthEndpoint> endpoint) {
			return () -> endpoint.stream()
				.flatMap((health) -> Optional.ofNullable(health.healthForPath("liveness")).stream())
				.map(HealthDescriptor::getStatus)
				.filter((status) -> status.equals(Status.DOWN) || status.equals(Status.OUT_OF_SERVICE))
				.findFirst()
				.map((status) -> "the health group 'liveness' is " + status);
		}

	}

}
