package io.github.gracefulboot.web.tomcat;

import io.github.gracefulboot.web.AbstractAsyncRequestsTests;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Asynchronous requests on a real Tomcat.
 */
class TomcatAsyncRequestsTests extends AbstractAsyncRequestsTests {

	TomcatAsyncRequestsTests() {
		super(TomcatApplication.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class TomcatApplication {

	}

}
