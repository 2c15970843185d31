package io.github.gracefulboot.web.websocket;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Stops a real Tomcat.
 */
class TomcatWebSocketDrainTests extends AbstractServletWebSocketDrainTests {

	TomcatWebSocketDrainTests() {
		super(TomcatApplication.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class TomcatApplication {

	}

}
