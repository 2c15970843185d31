package io.github.gracefulboot.web.jetty;

import io.github.gracefulboot.socket.ListenerSilencer;
import io.github.gracefulboot.socket.Listeners;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import io.github.gracefulboot.web.WebServerDrain;
import org.eclipse.jetty.server.Server;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.jetty.JettyWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * Auto-configuration for draining Jetty.
 */
@AutoConfiguration(after = GracefulWebAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ Server.class, JettyWebServerFactory.class })
@ConditionalOnWebApplication
@ConditionalOnBean(name = GracefulWebAutoConfiguration.DRAIN)
public final class GracefulJettyAutoConfiguration {

	@Bean
	GracefulJettyCustomizer gracefulJettyCustomizer(WebServerDrain drain, Traffic traffic, ListenerSilencer silencer,
			Listeners listeners) {
		return new GracefulJettyCustomizer(drain, traffic, silencer, listeners);
	}

}
