package io.github.gracefulboot.web.jetty;

import io.github.gracefulboot.web.AbstractServletStreamEndTests;
import org.junit.jupiter.api.Tag;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Ends the streams of a real Jetty.
 */
@Tag("jetty")
class JettyStreamEndTests extends AbstractServletStreamEndTests {

	JettyStreamEndTests() {
		super(JettyApplication.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class JettyApplication {

	}

}
