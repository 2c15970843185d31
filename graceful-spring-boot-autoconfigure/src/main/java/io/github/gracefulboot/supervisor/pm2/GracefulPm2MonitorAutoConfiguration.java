package io.github.gracefulboot.supervisor.pm2;

import io.github.gracefulboot.shutdown.ConditionalOnStart;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.Maintenance;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.Readiness;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * Auto-configuration of what PM2's screens show, where it is asked for.
 */
@AutoConfiguration(after = { GracefulShutdownAutoConfiguration.class, GracefulPm2AutoConfiguration.class })
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnStart(GracefulPm2MonitorAutoConfiguration.MONITOR)
@ConditionalOnBooleanProperty(GracefulPm2MonitorAutoConfiguration.MONITOR)
@ConditionalOnBean(name = { GracefulShutdownAutoConfiguration.SHUTDOWN, "gracefulPm2Supervisor" })
public final class GracefulPm2MonitorAutoConfiguration {

	static final String MONITOR = "graceful.supervisor.pm2.monitor";

	@Bean
	@Nullable Pm2Monitor gracefulPm2Monitor(ObjectProvider<Pm2Supervisor> pm2, ShutdownSequence shutdown, Readiness readiness) {
		Pm2Supervisor supervisor = pm2.getIfAvailable();
		return (supervisor != null)
				? new Pm2Monitor(supervisor, shutdown, readiness, new Maintenance(shutdown, readiness)) : null;
	}

}
