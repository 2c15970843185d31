package io.github.gracefulboot.web.servlet;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

import io.github.gracefulboot.traffic.Traffic;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Probes that come to a management port of its own are seen, and are no traffic.
 */
class ManagementPortTests {

	@Test
	void whenManagementPortIsProbedThenItsClientIsAProber() throws Exception {
		try (ConfigurableApplicationContext context = SpringApplication.run(Application.class, "--server.port=0",
				"--management.server.port=0", "--management.server.base-path=/ops",
				"--graceful.lame-duck.enabled=false", "--graceful.shutdown.exit-codes=false")) {
			String port = context.getEnvironment().getProperty("local.management.port");
			HttpRequest probe = HttpRequest
				.newBuilder(URI.create("http://localhost:" + port + "/ops/actuator/health/readiness"))
				.header("User-Agent", "balancer")
				.build();
			for (int i = 0; i < 2; i++) {
				assertThat(HttpClient.newHttpClient().send(probe, BodyHandlers.discarding()).statusCode())
					.isEqualTo(200);
			}
			Traffic traffic = context.getBean(Traffic.class);
			assertThat(traffic.activeProbers()).singleElement().asString().endsWith(" balancer");
			assertThat(traffic.lastRequest()).isEmpty();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
