package io.github.gracefulboot.web.netty;

import io.github.gracefulboot.socket.ListenerSilencer;
import io.github.gracefulboot.socket.Listeners;
import io.github.gracefulboot.socket.SharedListener;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.WebServerDrain;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Adds Reactor Netty servers to the drain.
 */
@Order(Ordered.LOWEST_PRECEDENCE)
final class GracefulNettyCustomizer
		implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, AopInfrastructureBean {

	private final WebServerDrain drain;

	private final Traffic traffic;

	private final ListenerSilencer silencer;

	private final Listeners listeners;

	private final ObjectProvider<ReactorResourceFactory> resources;

	GracefulNettyCustomizer(WebServerDrain drain, Traffic traffic, ListenerSilencer silencer, Listeners listeners,
			ObjectProvider<ReactorResourceFactory> resources) {
		this.resources = resources;
		this.listeners = listeners;
		this.drain = drain;
		this.traffic = traffic;
		this.silencer = silencer;
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		// Now, so that a start that cannot have the listener fails before it does
		// anything
		SharedListener main = this.listeners.listener(factory.getAddress(), Math.max(0, factory.getPort()), true);
		if (main != null) {
			factory.setResourceFactory(new SharedListenerResources(this.resources.getIfAvailable(), main));
		}
		NettyServerDrain serverDrain = new NettyServerDrain(this.traffic, this.silencer, main);
		factory.addServerCustomizers(serverDrain::observe);
		this.drain.add(serverDrain);
	}

}
