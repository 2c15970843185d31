package io.github.gracefulboot.executor.quartz;

import java.util.Map;

import io.github.gracefulboot.executor.ExecutorProperties;
import io.github.gracefulboot.executor.GracefulExecutorAutoConfiguration;
import io.github.gracefulboot.shutdown.ExistingBeans;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import org.quartz.Scheduler;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;

/**
 * Auto-configuration for draining Quartz schedulers.
 */
@AutoConfiguration(after = GracefulExecutorAutoConfiguration.class,
		afterName = "org.springframework.boot.quartz.autoconfigure.QuartzAutoConfiguration")
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(Scheduler.class)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN, value = Scheduler.class)
@ConditionalOnBooleanProperty(name = "graceful.executors.enabled", matchIfMissing = true)
public final class GracefulQuartzAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static JobThreadsPostProcessor gracefulJobThreadsPostProcessor() {
		return new JobThreadsPostProcessor();
	}

	@Bean
	JobDrain gracefulJobDrain(ConfigurableListableBeanFactory beanFactory, ExecutorProperties properties,
			WaitingPolicy waitingPolicy) {
		boolean waits = waitingPolicy.drainsWork();
		return new JobDrain(() -> {
			if (!waits) {
				return Map.of();
			}
			Map<String, Scheduler> schedulers = new ExistingBeans(beanFactory).ofType(Scheduler.class);
			schedulers.keySet().removeAll(properties.getExclude());
			return schedulers;
		});
	}

}
