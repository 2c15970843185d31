package io.github.gracefulboot.process;

import java.time.Duration;
import java.util.Objects;

import io.github.gracefulboot.shutdown.ConditionalOnOwnProcess;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ProcessReplacer;
import io.github.gracefulboot.shutdown.ShutdownProperties;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.WaitingPolicy;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * Auto-configuration of the end of the process.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnOwnProcess
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
public final class GracefulProcessAutoConfiguration {

	private static final Duration AFTER_READY = Duration.ofSeconds(30);

	private static final Duration BETWEEN_CLASSES = Duration.ofMillis(10);

	@Bean
	ProcessExit gracefulProcessExit(ConfigurableApplicationContext context, ShutdownSequence shutdown,
			ShutdownProperties properties, WaitingPolicy policy) {
		Runnable flushLogs = flushLogs(context);
		boolean guarded = properties.isForceExit() && policy.ownsProcess();
		JvmHooks hooks = new JvmHooks(shutdown, flushLogs);
		return new ProcessExit(context, shutdown, guarded ? new DeadlineGuard(flushLogs, hooks) : null, hooks,
				policy.ownsProcess() ? Applications.ofThisJvm() : new Applications());
	}

	/**
	 * The logging system writes what its appenders buffer when it is shut down, which a
	 * halt gives it no occasion for.
	 */
	private static Runnable flushLogs(ConfigurableApplicationContext context) {
		Object logging = context.getBeanFactory().getSingleton(LoggingApplicationListener.LOGGING_SYSTEM_BEAN_NAME);
		Runnable handler = (logging instanceof LoggingSystem system) ? system.getShutdownHandler() : null;
		return (handler != null) ? handler : () -> {
		};
	}

	@Bean
	StopClasses gracefulStopClasses(ApplicationContext context, WaitingPolicy policy) {
		return new StopClasses(Objects.requireNonNull(context.getClassLoader()), AFTER_READY, BETWEEN_CLASSES,
				policy.ownsProcess());
	}

	@Bean
	StopSignals gracefulStopSignals(ApplicationContext context, ShutdownSequence shutdown, ProcessExit exit,
			ShutdownProperties properties, WaitingPolicy policy, ObjectProvider<ProcessReplacer> replacer) {
		return new StopSignals(context, shutdown, exit, properties.isExitCodes() && policy.ownsProcess(),
				replacer::getIfAvailable);
	}

}
