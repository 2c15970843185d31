package io.github.gracefulboot.handover;

import java.nio.file.Path;
import java.time.Duration;

import io.github.gracefulboot.ReloadNotifier;
import io.github.gracefulboot.posix.UnixSocket;
import io.github.gracefulboot.shutdown.ConditionalOnOwnProcess;
import io.github.gracefulboot.shutdown.ConditionalOnStart;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.HandOver;
import io.github.gracefulboot.shutdown.ProcessStopper;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.socket.Listeners;
import io.github.gracefulboot.startup.StartupProperties;
import io.github.gracefulboot.traffic.Readiness;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.core.log.LogMessage;

/**
 * Auto-configuration of the hand-over of the port. Nothing in a test, and in a container
 * that hosts the application as a WAR.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(WebServerApplicationContext.class)
@ConditionalOnWebApplication
@ConditionalOnOwnProcess
@ConditionalOnStart(GracefulHandOverAutoConfiguration.PATH)
@ConditionalOnProperty(name = WaitingPolicy.TEST_PROPERTY, havingValue = "false", matchIfMissing = true)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@EnableConfigurationProperties(HandOverProperties.class)
public final class GracefulHandOverAutoConfiguration {

	static final String PATH = "graceful.handover.path";

	private static final Log logger = LogFactory.getLog(GracefulHandOverAutoConfiguration.class);

	@Bean(HandOver.BEAN)
	@Nullable PortHandOver gracefulHandOver(ApplicationContext context, HandOverProperties properties, Environment environment,
			Readiness readiness, ObjectProvider<Listeners> listeners, ObjectProvider<ProcessStopper> stopper) {
		Path path = properties.getPath();
		if (path == null || !isSupported()) {
			return null;
		}
		Duration startTimeout = Binder.get(environment)
			.bindOrCreate("graceful.startup", StartupProperties.class)
			.getTimeout();
		return new PortHandOver(context, new Rendezvous(path), properties.isReplace(), startTimeout,
				new DescriptorStore(environment::getProperty), readiness, listeners, stopper);
	}

	private static boolean isSupported() {
		try {
			if (UnixSocket.isSupported()) {
				return true;
			}
			logger.warn("The port is not handed over (graceful.handover.path): that needs Linux on 64 bits");
		}
		catch (LinkageError ex) {
			logger.warn(LogMessage.format("The port is not handed over (graceful.handover.path), since JNA is missing "
					+ "or cannot load native code (%s): add net.java.dev.jna:jna", ex));
		}
		return false;
	}

	// Only where a supervisor takes note of which process it is that serves
	@Bean
	@Nullable Relaunch gracefulRelaunch(@Nullable PortHandOver handOver, ObjectProvider<ReloadNotifier> notifier,
			Environment environment) {
		return (handOver != null && environment.containsProperty("NOTIFY_SOCKET")) ? new Relaunch(handOver, notifier)
				: null;
	}

}
