package io.github.gracefulboot.web.websocket;

import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import jakarta.websocket.server.ServerContainer;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.apache.tomcat.websocket.server.WsServerContainer;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.JakartaWebSocketServerContainer;
import org.eclipse.jetty.ee11.websocket.server.JettyWebSocketServerContainer;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServer;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.Ordered;
import org.springframework.web.context.WebApplicationContext;

/**
 * Auto-configuration for closing WebSocket sessions.
 */
@AutoConfiguration(after = GracefulWebAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnBean(name = GracefulWebAutoConfiguration.DRAIN)
public final class GracefulWebSocketAutoConfiguration {

	@Bean
	WebSocketDrain gracefulWebSocketDrain(ObjectProvider<WebSocketServer> servers, Traffic traffic) {
		return new WebSocketDrain(servers.orderedStream().toList(), traffic);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ServerContainer.class, WsServerContainer.class })
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ImportRuntimeHints(SessionsRuntimeHints.class)
	static class TomcatConfiguration {

		@Bean
		TomcatWebSockets gracefulTomcatWebSockets(WebApplicationContext context) {
			return new TomcatWebSockets(context::getServletContext);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ServerContainer.class, JakartaWebSocketServerContainer.class })
	@ConditionalOnWebApplication(type = Type.SERVLET)
	static class JettyConfiguration {

		@Bean
		JettyWebSockets gracefulJettyWebSockets(WebApplicationContext context) {
			return new JettyWebSockets(context::getServletContext);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JettyWebSocketServerContainer.class)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	static class JettyNativeConfiguration {

		@Bean
		JettyNativeWebSockets gracefulJettyNativeWebSockets(WebApplicationContext context) {
			return new JettyNativeWebSockets(context::getServletContext);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ServerContainer.class, WsServerContainer.class, ConfigurableTomcatWebServerFactory.class })
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	@ImportRuntimeHints(SessionsRuntimeHints.class)
	static class ReactiveTomcatConfiguration {

		@Bean
		TomcatServletContext gracefulTomcatServletContext() {
			return new TomcatServletContext();
		}

		@Bean
		TomcatWebSockets gracefulTomcatWebSockets(TomcatServletContext servletContext) {
			return new TomcatWebSockets(servletContext);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ JettyWebSocketServerContainer.class, ServletContextHandler.class,
			ConfigurableJettyWebServerFactory.class })
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	static class ReactiveJettyConfiguration {

		@Bean
		JettyServletContext gracefulJettyServletContext() {
			return new JettyServletContext();
		}

		@Bean
		JettyNativeWebSockets gracefulJettyNativeWebSockets(JettyServletContext servletContext) {
			return new JettyNativeWebSockets(servletContext);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HttpServer.class, NettyReactiveWebServerFactory.class })
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	static class NettyConfiguration {

		@Bean
		NettyWebSockets gracefulNettyWebSockets() {
			return new NettyWebSockets();
		}

	}

	/**
	 * Registers the field with Tomcat's sessions, for which there is no accessor.
	 */
	static class SessionsRuntimeHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.reflection()
				.registerType(WsWebSocketContainer.class, (type) -> type.withField(TomcatWebSockets.SESSIONS));
		}

	}

}
