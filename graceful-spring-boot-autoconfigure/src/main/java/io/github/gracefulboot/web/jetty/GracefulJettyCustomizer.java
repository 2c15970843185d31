package io.github.gracefulboot.web.jetty;

import io.github.gracefulboot.socket.ListenerSilencer;
import io.github.gracefulboot.socket.Listeners;
import io.github.gracefulboot.socket.SharedListener;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.OtherConnector;
import io.github.gracefulboot.web.WebServerDrain;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.jetty.JettyWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.log.LogMessage;

/**
 * Adds Jetty's connectors to the drain, after all other customizers.
 */
@Order(Ordered.LOWEST_PRECEDENCE)
final class GracefulJettyCustomizer
		implements WebServerFactoryCustomizer<JettyWebServerFactory>, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(GracefulJettyCustomizer.class);

	private final WebServerDrain drain;

	private final Traffic traffic;

	private final ListenerSilencer silencer;

	private final Listeners listeners;

	GracefulJettyCustomizer(WebServerDrain drain, Traffic traffic, ListenerSilencer silencer, Listeners listeners) {
		this.listeners = listeners;
		this.drain = drain;
		this.traffic = traffic;
		this.silencer = silencer;
	}

	@Override
	public void customize(JettyWebServerFactory factory) {
		// Now, so that a start that cannot have the listener fails before it does
		// anything
		SharedListener main = this.listeners.listener(factory.getAddress(), Math.max(0, factory.getPort()), true);
		if (main != null && factory.getAcceptors() == 0) {
			// Without acceptors, Jetty's selectors would close the channel
			factory.setAcceptors(1);
		}
		factory.addServerCustomizers((server) -> customize(server, main));
	}

	private void customize(Server server, @Nullable SharedListener main) {
		InFlightExchanges exchanges = new InFlightExchanges();
		SharedListener listener = main;
		for (Connector connector : server.getConnectors()) {
			if (connector instanceof ServerConnector serverConnector) {
				this.drain
					.add(new JettyConnectorDrain(serverConnector, exchanges, this.traffic, this.silencer, listener));
				listener = null;
			}
			else {
				this.drain.add(new OtherConnector(() -> {
				}, connector::shutdown));
				logger.info(LogMessage.format(
						"Connector %s is closed as by Spring Boot: of its connections, only those with a request in "
								+ "flight are waited for. The starter drains each %s",
						connector, ServerConnector.class.getSimpleName()));
			}
		}
	}

}
