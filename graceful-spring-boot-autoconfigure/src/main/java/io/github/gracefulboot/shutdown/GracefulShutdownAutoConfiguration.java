package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Arrays;

import io.github.gracefulboot.traffic.Readiness;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.traffic.WakeUp;

import org.springframework.beans.factory.BeanFactory;
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
import org.springframework.util.ClassUtils;
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
	 * would look at every bean that is defined so far. Not {@code gracefulShutdown}, as
	 * many applications call a bean of their own.
	 */
	public static final String SHUTDOWN = "gracefulShutdownSequence";

	/**
	 * Name of the bean of type {@link WakeUp} that tests put in place of the time.
	 */
	public static final String TIME = "gracefulTime";

	@Bean
	static LazyInitializationExcludeFilter gracefulLazyInitializationExcludeFilter() {
		return (beanName, definition, type) -> isOurs(type) || Arrays.stream(ClassUtils.getAllInterfacesForClass(type))
			.anyMatch(GracefulShutdownAutoConfiguration::isOurs);
	}

	private static boolean isOurs(Class<?> type) {
		return type.getName().startsWith("io.github.gracefulboot.");
	}

	@Bean
	Traffic gracefulTraffic(BeanFactory beanFactory) {
		WakeUp time = beanFactory.containsBean(TIME) ? beanFactory.getBean(TIME, WakeUp.class) : new WakeUp();
		return new Traffic(time, time);
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
		return new BudgetRule(shutdown, environment, killTimeouts.stream().toList()).budget(lameDuck);
	}

	@Bean
	WaitingPolicy gracefulWaitingPolicy(LameDuckProperties properties, Budget budget, ApplicationContext context) {
		return WaitingPolicy.of(properties, budget.timeout(), context.getEnvironment(), context.getClassLoader());
	}

	@Bean(SHUTDOWN)
	ShutdownSequence gracefulShutdownSequence(Budget budget, LameDuckProperties properties, WaitingPolicy waitingPolicy,
			Traffic traffic, ConfigurableListableBeanFactory beanFactory, ApplicationContext context) {
		LameDuck lameDuck = waitingPolicy.waits()
				? new LameDuck(properties.getMin(), CloudPlatform.KUBERNETES.isActive(context.getEnvironment()),
						properties.getProbes(), waitingPolicy.quietPeriod(), traffic, traffic.clock())
				: null;
		return new ShutdownSequence(budget, lameDuck, traffic,
				new Members(new OwnBeans(beanFactory), () -> PausesOnClose.find(context, beanFactory)), context,
				traffic.clock());
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
	Findings gracefulFindings(ApplicationContext context, WaitingPolicy waitingPolicy) {
		return new Findings(context, waitingPolicy);
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
