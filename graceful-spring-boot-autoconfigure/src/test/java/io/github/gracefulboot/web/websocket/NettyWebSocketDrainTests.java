package io.github.gracefulboot.web.websocket;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Stops a real Reactor Netty.
 */
class NettyWebSocketDrainTests extends AbstractReactiveWebSocketDrainTests {

	NettyWebSocketDrainTests() {
		super(NettyApplication.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class NettyApplication {

	}

}
