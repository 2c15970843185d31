package io.github.gracefulboot.web.websocket;

import org.junit.jupiter.api.Test;

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

	@Test
	void whenHandlerIsBusyOpeningThenItIsWaitedFor() throws Exception {
		start();
		Client client = connect("/opening");
		this.context.getBean(Sessions.class).awaitWork();
		stop();
		whenHandlerIsBusyThenItIsWaitedFor(client, "message of WebSocket /opening for \\d+\\.\\d s on thread .+");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class TomcatApplication {

	}

}
