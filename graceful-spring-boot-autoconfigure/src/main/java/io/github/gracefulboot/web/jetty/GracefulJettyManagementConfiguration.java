package io.github.gracefulboot.web.jetty;

import java.util.Arrays;

import io.github.gracefulboot.socket.Listeners;
import io.github.gracefulboot.socket.SharedListener;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import org.eclipse.jetty.server.Server;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jetty.JettyWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Configuration for a separate management port that is taken over together with that of
 * the application.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnClass({ Server.class, JettyWebServerFactory.class })
@ConditionalOnBean(name = GracefulWebAutoConfiguration.DRAIN)
public final class GracefulJettyManagementConfiguration {

	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	WebServerFactoryCustomizer<JettyWebServerFactory> gracefulJettyManagementCustomizer(Listeners listeners) {
		return (factory) -> {
			SharedListener listener = listeners.listener(factory.getAddress(), Math.max(0, factory.getPort()), false);
			if (listener != null) {
				factory.setAcceptors(Math.max(1, factory.getAcceptors()));
				factory.addServerCustomizers((server) -> Arrays.stream(server.getConnectors())
					.findFirst()
					.ifPresent((connector) -> connector.addEventListener(new SharedListenerOpener(listener))));
			}
		};
	}

}
