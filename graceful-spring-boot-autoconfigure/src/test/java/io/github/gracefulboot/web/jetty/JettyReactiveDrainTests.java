package io.github.gracefulboot.web.jetty;

import io.github.gracefulboot.web.AbstractReactiveServerDrainTests;
import org.junit.jupiter.api.Tag;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jetty.reactive.JettyReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Stops a real Jetty with a reactive application.
 */
@Tag("jetty")
class JettyReactiveDrainTests extends AbstractReactiveServerDrainTests {

	JettyReactiveDrainTests() {
		super(JettyApplication.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class JettyApplication {

		@Bean
		JettyReactiveWebServerFactory jettyReactiveWebServerFactory() {
			return new JettyReactiveWebServerFactory();
		}

	}

}
