package io.github.gracefulboot.web.tomcat;

import io.github.gracefulboot.web.AbstractServletStreamEndTests;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Ends the streams of a real Tomcat.
 */
class TomcatStreamEndTests extends AbstractServletStreamEndTests {

	TomcatStreamEndTests() {
		super(TomcatApplication.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class TomcatApplication {

	}

}
