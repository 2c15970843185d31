package io.github.gracefulboot.web.netty;

import io.github.gracefulboot.socket.ListenerSilencer;
import io.github.gracefulboot.socket.Listeners;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import io.github.gracefulboot.web.WebServerDrain;
import reactor.netty.http.server.HttpServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Auto-configuration for draining Reactor Netty.
 */
@AutoConfiguration(after = GracefulWebAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ HttpServer.class, NettyReactiveWebServerFactory.class })
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnBean(name = GracefulWebAutoConfiguration.DRAIN)
public final class GracefulNettyAutoConfiguration {

	@Bean
	GracefulNettyCustomizer gracefulNettyCustomizer(WebServerDrain drain, Traffic traffic, ListenerSilencer silencer,
			Listeners listeners, ObjectProvider<ReactorResourceFactory> resources) {
		return new GracefulNettyCustomizer(drain, traffic, silencer, listeners, resources);
	}

}
