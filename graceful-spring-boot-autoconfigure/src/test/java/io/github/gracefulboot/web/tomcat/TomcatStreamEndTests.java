package io.github.gracefulboot.web.tomcat;

import io.github.gracefulboot.web.ServletStreamEndTests;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Ends the streams of a real Tomcat.
 */
class TomcatStreamEndTests extends ServletStreamEndTests {

	TomcatStreamEndTests() {
		super(TomcatApplication.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class TomcatApplication {

	}

}
