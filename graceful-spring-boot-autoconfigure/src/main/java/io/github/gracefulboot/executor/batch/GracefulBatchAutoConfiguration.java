package io.github.gracefulboot.executor.batch;

import io.github.gracefulboot.executor.GracefulExecutorAutoConfiguration;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.WaitingPolicy;

import org.springframework.batch.core.launch.JobOperator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;

/**
 * Auto-configuration for stopping jobs of Spring Batch.
 */
@AutoConfiguration(after = GracefulExecutorAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(JobOperator.class)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@ConditionalOnBooleanProperty(name = "graceful.executors.enabled", matchIfMissing = true)
public final class GracefulBatchAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static RunningJobs gracefulRunningJobs() {
		return new RunningJobs();
	}

	@Bean
	BatchDrain gracefulBatchDrain(RunningJobs jobs, ObjectProvider<JobOperator> operators,
			WaitingPolicy waitingPolicy) {
		return new BatchDrain(jobs, operators, waitingPolicy.drainsWork());
	}

}
