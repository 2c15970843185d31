package io.github.gracefulboot.web.tomcat;

import io.github.gracefulboot.socket.Listeners;
import io.github.gracefulboot.socket.SharedListener;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import org.apache.catalina.startup.Tomcat;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Configuration for a separate management port that is taken over together with that of
 * the application.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnClass({ Tomcat.class, TomcatWebServerFactory.class })
@ConditionalOnBean(name = GracefulWebAutoConfiguration.DRAIN)
public final class GracefulTomcatManagementConfiguration {

	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	WebServerFactoryCustomizer<TomcatWebServerFactory> gracefulTomcatManagementCustomizer(Listeners listeners) {
		return (factory) -> {
			SharedListener listener = listeners.listener(factory.getAddress(), Math.max(0, factory.getPort()), false);
			if (listener != null) {
				factory.setProtocol(DrainableHttp11NioProtocol.class.getName());
				factory.addConnectorCustomizers((connector) -> {
					if (connector.getProtocolHandler() instanceof DrainableHttp11NioProtocol protocol) {
						protocol.drainableEndpoint().setSharedListener(listener);
					}
				});
			}
		};
	}

}
