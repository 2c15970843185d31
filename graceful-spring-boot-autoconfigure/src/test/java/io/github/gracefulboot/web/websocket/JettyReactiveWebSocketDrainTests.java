package io.github.gracefulboot.web.websocket;

import org.junit.jupiter.api.Tag;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jetty.reactive.JettyReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.upgrade.JettyRequestUpgradeStrategy;

/**
 * Stops a real Jetty with a reactive application.
 */
@Tag("jetty")
class JettyReactiveWebSocketDrainTests extends AbstractReactiveWebSocketDrainTests {

	JettyReactiveWebSocketDrainTests() {
		super(JettyApplication.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class JettyApplication implements WebFluxConfigurer {

		@Bean
		JettyReactiveWebServerFactory webServerFactory() {
			return new JettyReactiveWebServerFactory();
		}

		/**
		 * Spring would choose Reactor Netty's, whose classes are there, too.
		 */
		@Override
		public WebSocketService getWebSocketService() {
			return new HandshakeWebSocketService(new JettyRequestUpgradeStrategy());
		}

	}

}
