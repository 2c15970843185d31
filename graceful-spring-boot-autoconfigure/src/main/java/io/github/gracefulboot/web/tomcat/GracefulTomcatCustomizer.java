package io.github.gracefulboot.web.tomcat;

import java.net.InetAddress;

import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.socket.ListenerSilencer;
import io.github.gracefulboot.socket.Listeners;
import io.github.gracefulboot.socket.SharedListener;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.OtherConnector;
import io.github.gracefulboot.web.WebServerDrain;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.log.LogMessage;

/**
 * Configures Tomcat with connectors that can be drained, and adds them to the drain.
 */
@Order(Ordered.LOWEST_PRECEDENCE)
final class GracefulTomcatCustomizer
		implements WebServerFactoryCustomizer<TomcatWebServerFactory>, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(GracefulTomcatCustomizer.class);

	private final WebServerDrain drain;

	private final Traffic traffic;

	private final ListenerSilencer silencer;

	private final Listeners listeners;

	private final WaitingPolicy policy;

	GracefulTomcatCustomizer(WebServerDrain drain, Traffic traffic, ListenerSilencer silencer, Listeners listeners,
			WaitingPolicy policy) {
		this.listeners = listeners;
		this.drain = drain;
		this.traffic = traffic;
		this.silencer = silencer;
		this.policy = policy;
	}

	@Override
	public void customize(TomcatWebServerFactory factory) {
		if (TomcatWebServerFactory.DEFAULT_PROTOCOL.equals(factory.getProtocol())) {
			factory.setProtocol(DrainableHttp11NioProtocol.class.getName());
		}
		if (this.policy.drains()) {
			factory.addContextCustomizers(GracefulTomcatCustomizer::customize);
		}
		// Now, so that a start that cannot have the listener fails before it does
		// anything
		SharedListener main = this.listeners.listener(factory.getAddress(), Math.max(0, factory.getPort()), true);
		factory.addConnectorCustomizers((connector) -> customize(connector, main));
		for (Connector connector : factory.getAdditionalConnectors()) {
			customize(connector, this.listeners.listener(address(connector), connector.getPort(), false));
		}
	}

	private static @Nullable InetAddress address(Connector connector) {
		return (connector.getProtocolHandler() instanceof DrainableHttp11NioProtocol protocol) ? protocol.getAddress()
				: null;
	}

	/**
	 * Tomcat waits 2 s for requests whose thread was interrupted already.
	 */
	private static void customize(Context context) {
		if (context instanceof StandardContext standard) {
			standard.setUnloadDelay(TomcatConnectorDrain.AFTER_INTERRUPT.toMillis());
		}
	}

	private void customize(Connector connector, @Nullable SharedListener listener) {
		if (connector.getProtocolHandler() instanceof DrainableHttp11NioProtocol protocol) {
			protocol.drainableEndpoint().setSharedListener(listener);
			protocol.drainableEndpoint().setOnConnectionClosed(this.traffic::changed);
			this.drain.add(new TomcatConnectorDrain(connector, protocol, this.silencer));
		}
		else {
			this.drain.add(new OtherConnector(() -> tellClientsToLeave(connector), () -> close(connector)));
			String protocol = connector.getProtocolHandlerClassName();
			logger.info(LogMessage.format(
					"Connector with protocol %s is closed as by Spring Boot: of its connections, only those with a "
							+ "request in flight are waited for%s",
					protocol, Http11NioProtocol.class.getName().equals(protocol)
							? ". Create it with " + DrainableHttp11NioProtocol.class.getName() : ""));
		}
	}

	private static void tellClientsToLeave(Connector connector) {
		if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> protocol) {
			protocol.setMaxKeepAliveRequests(1);
		}
	}

	/**
	 * Closes a connector as Spring Boot does. A connection closes with the response that
	 * is in flight, or with the next request on it.
	 */
	private static void close(Connector connector) {
		connector.pause();
		connector.getProtocolHandler().closeServerSocketGraceful();
	}

}
