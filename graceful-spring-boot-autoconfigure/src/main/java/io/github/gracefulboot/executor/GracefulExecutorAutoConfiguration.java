package io.github.gracefulboot.executor;

import io.github.gracefulboot.GracefulShutdown;
import io.github.gracefulboot.shutdown.ExistingBeans;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ThreadsAtWork;
import io.github.gracefulboot.shutdown.WaitingPolicy;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;

/**
 * Auto-configuration for draining executors and schedulers.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@ConditionalOnBooleanProperty(name = "graceful.executors.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ExecutorProperties.class)
public final class GracefulExecutorAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ThreadsPostProcessor gracefulThreadsPostProcessor() {
		return new ThreadsPostProcessor();
	}

	// In a test, a task that never ends would delay each close
	@Bean
	ExecutorDrain gracefulExecutorDrain(ConfigurableListableBeanFactory beanFactory, ExecutorProperties properties,
			WaitingPolicy waitingPolicy, ThreadsPostProcessor threads, GracefulShutdown shutdown,
			ObjectProvider<ThreadsAtWork> threadsAtWork) {
		return new ExecutorDrain(threads, shutdown, new ExecutorBeans(beanFactory, threads, properties.getExclude()),
				new LifecycleLoops(new ExistingBeans(beanFactory), properties.getExclude()), properties.getQueued(),
				waitingPolicy.drainsWork(),
				(thread) -> threadsAtWork.stream().anyMatch((known) -> known.isAtLoop(thread)));
	}

}
