package io.github.gracefulboot.supervisor.file;

import java.nio.file.Path;

import io.github.gracefulboot.shutdown.ConditionalOnOwnProcess;
import io.github.gracefulboot.shutdown.ConditionalOnStart;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.supervisor.GracefulSupervisorAutoConfiguration;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of {@link FileSupervisor}.
 */
@AutoConfiguration(before = GracefulSupervisorAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnOwnProcess
@ConditionalOnProperty(name = WaitingPolicy.TEST_PROPERTY, havingValue = "false", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = { "graceful.enabled", "graceful.supervisor.file.enabled" }, matchIfMissing = true)
@ConditionalOnStart(GracefulReadinessFileAutoConfiguration.PATH)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class GracefulReadinessFileAutoConfiguration {

	static final String PATH = "graceful.supervisor.file.path";

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	@Nullable FileSupervisor gracefulFileSupervisor(Environment environment) {
		String path = environment.getProperty(PATH);
		return (path != null)
				? new FileSupervisor(Path.of(path), environment.containsProperty("graceful.handover.path")) : null;
	}

}
