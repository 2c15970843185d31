package io.github.gracefulboot.actuate;

import io.github.gracefulboot.shutdown.ContextCloseListener;
import io.github.gracefulboot.shutdown.Findings;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.LastReport;
import io.github.gracefulboot.shutdown.ProcessStopper;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.Readiness;
import io.github.gracefulboot.traffic.Traffic;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * Auto-configuration of the endpoint, where Actuator is present and exposes it.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnAvailableEndpoint(GracefulEndpoint.class)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
public final class GracefulEndpointAutoConfiguration {

	@Bean
	GracefulEndpoint gracefulEndpoint(ConfigurableApplicationContext context, ShutdownSequence shutdown,
			ContextCloseListener listener, Readiness readiness, Traffic traffic, ObjectProvider<ProcessStopper> stopper,
			Findings findings, ObjectProvider<LastReport> lastReport) {
		return new GracefulEndpoint(context, shutdown, listener::plan, readiness, traffic, stopper, findings,
				lastReport);
	}

	@Bean
	GracefulEndpointWebExtension gracefulEndpointWebExtension(GracefulEndpoint endpoint) {
		return new GracefulEndpointWebExtension(endpoint);
	}

}
