package io.github.gracefulboot.web.jetty;

import io.github.gracefulboot.web.AbstractAsyncRequestsTests;
import org.junit.jupiter.api.Tag;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Asynchronous requests on a real Jetty.
 */
@Tag("jetty")
class JettyAsyncRequestsTests extends AbstractAsyncRequestsTests {

	JettyAsyncRequestsTests() {
		super(JettyApplication.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class JettyApplication {

	}

}
