package io.github.gracefulboot.web.websocket;

import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import io.github.gracefulboot.web.websocket.GracefulTomcatWebSocketAutoConfiguration.SessionsRuntimeHints;
import jakarta.websocket.server.ServerContainer;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.apache.tomcat.websocket.server.WsServerContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.Ordered;
import org.springframework.web.context.WebApplicationContext;

/**
 * Auto-configuration for the WebSocket sessions of Tomcat.
 */
@AutoConfiguration(after = GracefulWebAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ ServerContainer.class, WsServerContainer.class, ConfigurableTomcatWebServerFactory.class })
@ConditionalOnBean(name = GracefulWebAutoConfiguration.DRAIN)
@ImportRuntimeHints(SessionsRuntimeHints.class)
public final class GracefulTomcatWebSocketAutoConfiguration {

	@Bean
	@ConditionalOnWebApplication(type = Type.SERVLET)
	TomcatWebSockets gracefulTomcatWebSockets(ApplicationContext context) {
		return new TomcatWebSockets(((WebApplicationContext) context)::getServletContext);
	}

	@Bean
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	TomcatServletContext gracefulTomcatServletContext() {
		return new TomcatServletContext();
	}

	@Bean
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	TomcatWebSockets gracefulReactiveTomcatWebSockets(TomcatServletContext servletContext) {
		return new TomcatWebSockets(servletContext);
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
