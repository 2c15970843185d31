package io.github.gracefulboot.supervisor.systemd;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import io.github.gracefulboot.shutdown.ConditionalOnOwnProcess;
import io.github.gracefulboot.shutdown.ConditionalOnStart;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.PropertyRules;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.supervisor.GracefulSupervisorAutoConfiguration;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.core.log.LogMessage;

/**
 * Auto-configuration of {@link SystemdSupervisor}.
 */
@AutoConfiguration(before = { GracefulSupervisorAutoConfiguration.class, GracefulShutdownAutoConfiguration.class })
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnOwnProcess
@ConditionalOnProperty(name = WaitingPolicy.TEST_PROPERTY, havingValue = "false", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = { "graceful.enabled", "graceful.supervisor.systemd.enabled" },
		matchIfMissing = true)
@ConditionalOnStart(GracefulSystemdAutoConfiguration.SOCKET)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class GracefulSystemdAutoConfiguration {

	private static final Log logger = LogFactory.getLog(GracefulSystemdAutoConfiguration.class);

	static final String SOCKET = "NOTIFY_SOCKET";

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	@Nullable SystemdSupervisor gracefulSystemdSupervisor(Environment environment) {
		String socket = environment.getProperty(SOCKET);
		if (socket == null) {
			return null;
		}
		SystemdProperties properties = Binder.get(environment)
			.bindOrCreate("graceful.supervisor.systemd", SystemdProperties.class);
		PropertyRules.notNegative("graceful.supervisor.systemd.patience", properties.getPatience());
		return new SystemdSupervisor(socket, properties.getPatience(), watchdog(environment));
	}

	private static @Nullable Duration watchdog(Environment environment) {
		String period = environment.getProperty("WATCHDOG_USEC");
		String pid = environment.getProperty("WATCHDOG_PID");
		if (period == null || (pid != null && !pid.equals(String.valueOf(ProcessHandle.current().pid())))) {
			return null;
		}
		try {
			long micros = Long.parseLong(period.strip());
			if (micros > 0) {
				return Duration.of(micros, ChronoUnit.MICROS);
			}
		}
		catch (NumberFormatException ex) {
			// Treated like a number that is not positive
		}
		logger.warn(LogMessage.format(
				"WATCHDOG_USEC=%s is not a number of microseconds: systemd's watchdog will not be notified", period));
		return null;
	}

}
