package io.github.gracefulboot.web.websocket;

import org.junit.jupiter.api.Tag;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Stops a real Jetty.
 */
@Tag("jetty")
class JettyWebSocketDrainTests extends AbstractServletWebSocketDrainTests {

	JettyWebSocketDrainTests() {
		super(JettyApplication.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class JettyApplication {

	}

}
