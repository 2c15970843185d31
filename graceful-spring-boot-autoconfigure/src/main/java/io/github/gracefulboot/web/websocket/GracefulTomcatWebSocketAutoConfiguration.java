package io.github.gracefulboot.web.websocket;

import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import io.github.gracefulboot.web.websocket.GracefulTomcatWebSocketAutoConfiguration.SessionRuntimeHints;
import jakarta.websocket.server.ServerContainer;
import org.apache.tomcat.websocket.server.WsHttpUpgradeHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.Ordered;

/**
 * Auto-configuration for the WebSocket sessions of Tomcat.
 */
@AutoConfiguration(after = GracefulWebAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ ServerContainer.class, WsHttpUpgradeHandler.class, ConfigurableTomcatWebServerFactory.class })
@ConditionalOnWebApplication
@ConditionalOnBean(name = GracefulWebAutoConfiguration.DRAIN)
@ImportRuntimeHints(SessionRuntimeHints.class)
public final class GracefulTomcatWebSocketAutoConfiguration {

	@Bean
	TomcatWebSockets gracefulTomcatWebSockets(Traffic traffic) {
		return new TomcatWebSockets(traffic);
	}

	/**
	 * Registers the field with the session of a connection, for which there is no
	 * accessor.
	 */
	static class SessionRuntimeHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.reflection()
				.registerType(WsHttpUpgradeHandler.class, (type) -> type.withField(TomcatWebSockets.SESSION));
		}

	}

}
