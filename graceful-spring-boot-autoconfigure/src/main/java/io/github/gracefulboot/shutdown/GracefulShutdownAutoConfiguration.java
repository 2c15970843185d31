package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.LongSupplier;

import io.github.gracefulboot.traffic.Readiness;
import io.github.gracefulboot.traffic.Traffic;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.core.log.LogMessage;
import org.springframework.util.function.SingletonSupplier;

/**
 * Auto-configuration of the stop itself. The other auto-configurations add who takes part
 * in it.
 */
@AutoConfiguration
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnBooleanProperty(name = "graceful.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ ShutdownProperties.class, LameDuckProperties.class })
public final class GracefulShutdownAutoConfiguration {

	/**
	 * Name of the bean that shuts down. Conditions ask for the name: for a type, Spring
	 * would look at every bean that is defined so far.
	 */
	public static final String SHUTDOWN = "gracefulShutdown";

	private static final Log logger = LogFactory.getLog(GracefulShutdownAutoConfiguration.class);

	private static final LongSupplier CLOCK = System::nanoTime;

	private static final Duration UNLIMITED = Duration.ofDays(1);

	@Bean
	static LazyInitializationExcludeFilter gracefulLazyInitializationExcludeFilter() {
		return (beanName, definition, type) -> type.getName().startsWith("io.github.gracefulboot.");
	}

	@Bean
	Traffic gracefulTraffic() {
		return new Traffic(CLOCK);
	}

	@Bean
	Readiness gracefulReadiness(ApplicationContext context, ObjectProvider<ApplicationAvailability> availability,
			ConfigurableListableBeanFactory beanFactory) {
		return new Readiness(context, availability.getIfAvailable(),
				SingletonSupplier.of(() -> new OwnBeans(beanFactory).instances(Readiness.Listener.class)));
	}

	@Bean
	Budget gracefulBudget(ShutdownProperties shutdown, LameDuckProperties lameDuck, Environment environment,
			ObjectProvider<KillTimeout> killTimeouts) {
		ShutdownRules.check(shutdown, lameDuck, environment);
		Optional<KillTimeout> first = killTimeouts.stream()
			.min(Comparator.comparing(GracefulShutdownAutoConfiguration::before));
		Duration limit = first.map(GracefulShutdownAutoConfiguration::before).orElse(UNLIMITED);
		Duration timeout = beforeKill(timeout(shutdown, environment), limit, first);
		Budget budget = Budget.of(timeout, lameDuck.leastWait(), lameDuck.getMax(), shutdown.getReleaseReserve());
		return environment.containsProperty(ShutdownRules.TIMEOUT) ? budget : budget.upTo(limit);
	}

	private static Duration timeout(ShutdownProperties shutdown, Environment environment) {
		Duration timeout = shutdown.getTimeout();
		if (environment.containsProperty(ShutdownRules.TIMEOUT)) {
			return timeout;
		}
		ApplicationTimeouts timeouts = ApplicationTimeouts.of(environment);
		Duration needed = timeouts.within(shutdown.getReleaseReserve());
		if (needed.compareTo(timeout) > 0) {
			logger.info(LogMessage.format("Shutdown timeout raised from %s to %s to make room for %s",
					Durations.text(timeout), Durations.text(needed), String.join(", ", timeouts.properties())));
			return needed;
		}
		return timeout;
	}

	private static Duration beforeKill(Duration configured, Duration limit, Optional<KillTimeout> first) {
		if (limit.compareTo(configured) >= 0) {
			return configured;
		}
		logger.info(LogMessage.format("Shutdown timeout reduced from %s to %s to stay below %s",
				Durations.text(configured), Durations.text(limit), first.orElseThrow().source()));
		return limit;
	}

	private static Duration before(KillTimeout killTimeout) {
		return killTimeout.untilKill().map(Budget::before).orElse(UNLIMITED);
	}

	@Bean
	WaitingPolicy gracefulWaitingPolicy(LameDuckProperties properties, Budget budget, ApplicationContext context) {
		return WaitingPolicy.of(properties, budget.timeout(), context.getEnvironment(), context.getClassLoader());
	}

	@Bean(SHUTDOWN)
	ShutdownSequence gracefulShutdown(Budget budget, LameDuckProperties properties, WaitingPolicy waitingPolicy,
			Traffic traffic, ConfigurableListableBeanFactory beanFactory, ApplicationContext context) {
		LameDuck lameDuck = waitingPolicy.waits()
				? new LameDuck(properties.getMin(), CloudPlatform.KUBERNETES.isActive(context.getEnvironment()),
						properties.getProbes(), waitingPolicy.quietPeriod(), traffic, CLOCK)
				: null;
		return new ShutdownSequence(budget, lameDuck, traffic, new Members(new OwnBeans(beanFactory)), context, CLOCK);
	}

	@Bean
	ContextCloseListener gracefulContextCloseListener(ApplicationContext context, ShutdownSequence shutdown,
			ConfigurableListableBeanFactory beanFactory, Environment environment, Readiness readiness) {
		Duration phase = Binder.get(environment)
			.bind(ApplicationTimeouts.PHASE, Duration.class)
			.orElse(Duration.ofSeconds(30));
		LifecyclePhases phases = new LifecyclePhases(beanFactory, phase,
				() -> new OwnBeans(beanFactory).instances(LifecyclePhases.Limit.class));
		return new ContextCloseListener(context, shutdown, phases, readiness);
	}

	@Bean
	ShutdownPhase gracefulDrainPhase(ShutdownSequence shutdown, ContextCloseListener listener) {
		return new ShutdownPhase(ShutdownPhase.DRAIN, shutdown, listener::awaitDrain);
	}

	@Bean
	ShutdownPhase gracefulReleasePhase(ShutdownSequence shutdown) {
		return new ShutdownPhase(ShutdownPhase.RELEASE, shutdown, shutdown::release);
	}

}
