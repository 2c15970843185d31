package io.github.gracefulboot.web.servlet;

import io.github.gracefulboot.traffic.ReadinessProbes;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import io.github.gracefulboot.web.InFlightRequests;
import io.github.gracefulboot.web.stream.EndlessStreams;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;

/**
 * Auto-configuration for tracking requests in servlet containers.
 */
@AutoConfiguration(after = GracefulWebAutoConfiguration.class,
		afterName = "io.github.gracefulboot.readiness.GracefulReadinessAutoConfiguration")
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ Filter.class, FilterRegistrationBean.class })
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnBean(name = GracefulWebAutoConfiguration.REQUESTS)
public final class GracefulServletAutoConfiguration {

	@Bean
	ServletStreams gracefulServletStreams(EndlessStreams endlessStreams) {
		return new ServletStreams(endlessStreams);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	@ConditionalOnClass(name = { "reactor.core.publisher.Flux",
			"org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter" })
	static PublisherObserver gracefulPublisherObserver() {
		return new PublisherObserver();
	}

	@Bean
	FilterRegistrationBean<InFlightFilter> gracefulInFlightFilter(InFlightRequests requests, Traffic traffic,
			ReadinessProbes probes, ServletStreams streams) {
		return registration(new InFlightFilter(requests, traffic, probes, streams, false));
	}

	static FilterRegistrationBean<InFlightFilter> registration(InFlightFilter filter) {
		FilterRegistrationBean<InFlightFilter> registration = new FilterRegistrationBean<>(filter);
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
		registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC);
		registration.setAsyncSupported(true);
		return registration;
	}

}
