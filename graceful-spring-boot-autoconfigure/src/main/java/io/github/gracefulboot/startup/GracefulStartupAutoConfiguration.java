package io.github.gracefulboot.startup;

import java.time.Duration;
import java.util.stream.Stream;

import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.OwnBeans;
import io.github.gracefulboot.shutdown.PropertyRules;
import io.github.gracefulboot.shutdown.WaitingPolicy;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for startup checks. Not active in tests, which provide their
 * dependencies themselves.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnProperty(name = WaitingPolicy.TEST_PROPERTY, havingValue = "false", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "graceful.enabled", matchIfMissing = true)
@EnableConfigurationProperties(StartupProperties.class)
public final class GracefulStartupAutoConfiguration {

	/**
	 * How long runners may take before the one that runs is named.
	 */
	private static final Duration RUNNERS = Duration.ofSeconds(10);

	/**
	 * Name of the bean that runs the checks, for conditions.
	 */
	public static final String CHECKS = "gracefulStartupChecks";

	@Bean(CHECKS)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static StartupChecks gracefulStartupChecks(Environment environment) {
		// By the Binder, since a bean this early would initialize the infrastructure of
		// binding too soon
		StartupProperties properties = Binder.get(environment)
			.bindOrCreate("graceful.startup", StartupProperties.class);
		PropertyRules.positive("graceful.startup.timeout", properties.getTimeout(), "Set a duration such as 60s.");
		return new StartupChecks(properties.getTimeout(), properties.getCheck().getExclude());
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static StartupDeadline gracefulStartupDeadline(StartupChecks checks) {
		return new StartupDeadline(checks.timeout(), RUNNERS, checks);
	}

	@Bean
	StartupChecksLifecycle gracefulStartupChecksLifecycle(StartupChecks checks,
			ConfigurableListableBeanFactory beanFactory, ObjectProvider<StartupCheckSource> sources) {
		return new StartupChecksLifecycle(checks,
				() -> Stream
					.concat(sources.orderedStream().flatMap((source) -> source.checks().stream()),
							new OwnBeans(beanFactory).ordered(StartupCheck.class).stream())
					.toList());
	}

}
