package io.github.gracefulboot.web.websocket;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.tomcat.reactive.TomcatReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.upgrade.StandardWebSocketUpgradeStrategy;

/**
 * Stops a real Tomcat with a reactive application.
 */
class TomcatReactiveWebSocketDrainTests extends AbstractReactiveWebSocketDrainTests {

	TomcatReactiveWebSocketDrainTests() {
		super(TomcatApplication.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class TomcatApplication implements WebFluxConfigurer {

		@Bean
		TomcatReactiveWebServerFactory webServerFactory() {
			return new TomcatReactiveWebServerFactory();
		}

		/**
		 * Spring would choose Reactor Netty's, whose classes are there, too.
		 */
		@Override
		public WebSocketService getWebSocketService() {
			return new HandshakeWebSocketService(new StandardWebSocketUpgradeStrategy());
		}

	}

}
