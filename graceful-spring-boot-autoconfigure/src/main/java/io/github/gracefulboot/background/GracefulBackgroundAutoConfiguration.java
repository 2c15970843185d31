package io.github.gracefulboot.background;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.gracefulboot.shutdown.ApplicationClasses;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.WaitingPolicy;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.util.CustomizableThreadCreator;
import org.springframework.util.PatternMatchUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Auto-configuration for work that no bean knows.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@ConditionalOnBooleanProperty(name = "graceful.background.enabled", matchIfMissing = true)
public final class GracefulBackgroundAutoConfiguration {

	private static final String OWN_THREADS = "graceful-*";

	@Bean
	BackgroundWork gracefulBackgroundWork(ConfigurableListableBeanFactory beanFactory, Environment environment,
			ShutdownSequence shutdown, WaitingPolicy policy) {
		ThreadWatch watch = new ThreadWatch(ApplicationClasses.of(beanFactory), excluded(beanFactory, environment),
				Thread.currentThread(), System::nanoTime);
		return new BackgroundWork(watch, shutdown, policy.drainsWork());
	}

	/**
	 * Read at the first look. What is left to Spring by
	 * {@code graceful.executors.exclude} is not a matter here either.
	 */
	private static Predicate<String> excluded(ConfigurableListableBeanFactory beanFactory, Environment environment) {
		Supplier<String[]> patterns = SingletonSupplier.of(() -> {
			Set<String> names = new LinkedHashSet<>(names(environment, "graceful.background.exclude"));
			for (String executor : names(environment, "graceful.executors.exclude")) {
				if (beanFactory.containsSingleton(executor)
						&& beanFactory.getBean(executor) instanceof CustomizableThreadCreator threads) {
					names.add(threads.getThreadNamePrefix() + "*");
				}
			}
			names.add(OWN_THREADS);
			return names.toArray(String[]::new);
		});
		return (name) -> PatternMatchUtils.simpleMatch(patterns.get(), name);
	}

	private static Set<String> names(Environment environment, String property) {
		return Binder.get(environment).bind(property, Bindable.setOf(String.class)).orElse(Set.of());
	}

}
