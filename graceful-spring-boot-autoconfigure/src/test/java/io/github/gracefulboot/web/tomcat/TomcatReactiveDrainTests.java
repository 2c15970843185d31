package io.github.gracefulboot.web.tomcat;

import io.github.gracefulboot.web.AbstractReactiveServerDrainTests;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.tomcat.reactive.TomcatReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Stops a real Tomcat with a reactive application.
 */
class TomcatReactiveDrainTests extends AbstractReactiveServerDrainTests {

	TomcatReactiveDrainTests() {
		super(TomcatApplication.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class TomcatApplication {

		@Bean
		TomcatReactiveWebServerFactory tomcatReactiveWebServerFactory() {
			return new TomcatReactiveWebServerFactory();
		}

	}

}
