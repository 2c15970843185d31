package io.github.gracefulboot.web.servlet;

import io.github.gracefulboot.traffic.ReadinessProbes;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import io.github.gracefulboot.web.InFlightRequests;
import jakarta.servlet.Filter;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;

/**
 * Configuration for tracking requests on a separate management port, whose context does
 * not use the filters of the application.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnClass({ Filter.class, FilterRegistrationBean.class })
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnBean(name = GracefulWebAutoConfiguration.REQUESTS)
public final class GracefulServletManagementConfiguration {

	@Bean
	FilterRegistrationBean<InFlightFilter> gracefulManagementInFlightFilter(InFlightRequests requests, Traffic traffic,
			ReadinessProbes probes, ServletStreams streams) {
		return GracefulServletAutoConfiguration
			.registration(new InFlightFilter(requests, traffic, probes, streams, true));
	}

}
