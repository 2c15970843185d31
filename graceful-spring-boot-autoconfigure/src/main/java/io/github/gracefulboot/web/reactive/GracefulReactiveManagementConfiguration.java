package io.github.gracefulboot.web.reactive;

import io.github.gracefulboot.traffic.ReadinessProbes;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import io.github.gracefulboot.web.InFlightRequests;
import reactor.core.publisher.Mono;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.web.server.WebFilter;

/**
 * Configuration for tracking requests on a separate management port, whose context does
 * not use the filters of the application.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnClass({ WebFilter.class, Mono.class })
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnBean(name = GracefulWebAutoConfiguration.REQUESTS)
public final class GracefulReactiveManagementConfiguration {

	@Bean
	InFlightWebFilter gracefulManagementInFlightWebFilter(InFlightRequests requests, Traffic traffic,
			ReadinessProbes probes, ReactiveStreams streams) {
		return new InFlightWebFilter(requests, traffic, probes, streams, true);
	}

}
