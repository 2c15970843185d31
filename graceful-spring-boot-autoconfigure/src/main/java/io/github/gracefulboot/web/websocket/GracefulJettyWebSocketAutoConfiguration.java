package io.github.gracefulboot.web.websocket;

import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.JakartaWebSocketServerContainer;
import org.eclipse.jetty.ee11.websocket.server.JettyWebSocketServerContainer;
import org.eclipse.jetty.server.Server;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.context.WebApplicationContext;

/**
 * Auto-configuration for the WebSocket sessions of Jetty.
 */
@AutoConfiguration(after = GracefulWebAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(Server.class)
@ConditionalOnBean(name = GracefulWebAutoConfiguration.DRAIN)
public final class GracefulJettyWebSocketAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JakartaWebSocketServerContainer.class)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	static class JakartaConfiguration {

		@Bean
		JettyWebSockets gracefulJettyWebSockets(WebApplicationContext context) {
			return new JettyWebSockets(context::getServletContext);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JettyWebSocketServerContainer.class)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	static class NativeConfiguration {

		@Bean
		JettyNativeWebSockets gracefulJettyNativeWebSockets(WebApplicationContext context) {
			return new JettyNativeWebSockets(context::getServletContext, false);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ JettyWebSocketServerContainer.class, ServletContextHandler.class,
			ConfigurableJettyWebServerFactory.class })
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	static class ReactiveConfiguration {

		@Bean
		JettyServletContext gracefulJettyServletContext() {
			return new JettyServletContext();
		}

		@Bean
		JettyNativeWebSockets gracefulJettyNativeWebSockets(JettyServletContext servletContext) {
			return new JettyNativeWebSockets(servletContext, true);
		}

	}

}
