package io.github.gracefulboot.web.netty;

import io.github.gracefulboot.socket.ListenerSilencer;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.WebServerDrain;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Adds Reactor Netty servers to the drain.
 */
@Order(Ordered.LOWEST_PRECEDENCE)
final class GracefulNettyCustomizer implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

	private final WebServerDrain drain;

	private final Traffic traffic;

	private final ListenerSilencer silencer;

	GracefulNettyCustomizer(WebServerDrain drain, Traffic traffic, ListenerSilencer silencer) {
		this.drain = drain;
		this.traffic = traffic;
		this.silencer = silencer;
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		NettyServerDrain serverDrain = new NettyServerDrain(this.traffic, this.silencer);
		factory.addServerCustomizers(serverDrain::observe);
		this.drain.add(serverDrain);
	}

}
