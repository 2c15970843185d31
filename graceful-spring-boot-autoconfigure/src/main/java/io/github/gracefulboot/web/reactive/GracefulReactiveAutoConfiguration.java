package io.github.gracefulboot.web.reactive;

import io.github.gracefulboot.traffic.ReadinessProbes;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import io.github.gracefulboot.web.InFlightRequests;
import io.github.gracefulboot.web.stream.EndlessStreams;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.server.WebFilter;

/**
 * Auto-configuration for tracking requests in reactive web applications.
 */
@AutoConfiguration(after = GracefulWebAutoConfiguration.class,
		afterName = "io.github.gracefulboot.readiness.GracefulReadinessAutoConfiguration")
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ WebFilter.class, Mono.class })
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnBean(name = GracefulWebAutoConfiguration.REQUESTS)
public final class GracefulReactiveAutoConfiguration {

	@Bean
	ReactiveStreams gracefulReactiveStreams(EndlessStreams endlessStreams) {
		return new ReactiveStreams(endlessStreams);
	}

	@Bean
	InFlightWebFilter gracefulInFlightWebFilter(InFlightRequests requests, Traffic traffic, ReadinessProbes probes,
			ReactiveStreams streams, ApplicationContext context) {
		return new InFlightWebFilter(requests, traffic, probes, streams, context);
	}

}
