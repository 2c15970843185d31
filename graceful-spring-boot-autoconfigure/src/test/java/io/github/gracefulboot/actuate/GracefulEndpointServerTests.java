package io.github.gracefulboot.actuate;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import com.jayway.jsonpath.JsonPath;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulEndpoint} over HTTP, by real servers.
 */
class GracefulEndpointServerTests {

	private static final String OPEN = "management.endpoint.graceful.access=unrestricted";

	/**
	 * Without it, stopping would end the process of the tests.
	 */
	private static final String EXCLUDE = "spring.autoconfigure.exclude="
			+ "io.github.gracefulboot.process.GracefulProcessAutoConfiguration,"
			+ "org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration,"
			+ "org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyReactiveManagementContextAutoConfiguration";

	private final HttpClient client = HttpClient.newHttpClient();

	private String address = "";

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void whenItIsNotOpenedThenItIsReadAndWritesAreRefused(WebApplicationType type) throws Exception {
		try (ConfigurableApplicationContext context = start(type)) {
			HttpResponse<String> response = get("/actuator/graceful");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).doesNotContain("null");
			assertThat((String) JsonPath.read(response.body(), "$.stage")).isEqualTo("running");
			assertThat((String) JsonPath.read(response.body(), "$.readiness")).isEqualTo("ACCEPTING_TRAFFIC");
			assertThat((String) JsonPath.read(response.body(), "$.budget.total")).isEqualTo("PT20S");
			assertThat((String) JsonPath.read(response.body(), "$.plan[0].by")).isEqualTo("PT16S");
			assertThat(post("stop").statusCode()).isEqualTo(405);
			assertThat(get("/work").statusCode()).isEqualTo(200);
			assertThat(context.isActive()).isTrue();
			assertHostileRequestIsShownAsItWasSentAndWithoutItsQuery(context);
		}
	}

	private void assertHostileRequestIsShownAsItWasSentAndWithoutItsQuery(ConfigurableApplicationContext context)
			throws Exception {
		CompletableFuture<HttpResponse<String>> held = this.client
			.sendAsync(HttpRequest.newBuilder(URI.create(this.address + "/hold/%0a%3Cscript%3E?token=SECRET"))
				.header("X-Token", "SECRET")
				.build(), BodyHandlers.ofString());
		Awaitility.await().untilAsserted(() -> assertThat(get("/actuator/graceful").body()).contains("/hold/"));
		String body = get("/actuator/graceful").body();
		assertThat(body).doesNotContain("SECRET");
		assertThat((Integer) JsonPath.read(body, "$.inFlightCount")).isEqualTo(2);
		assertThat((String) JsonPath.read(body, "$.inFlight[0].description")).isEqualTo("GET /hold/%0a%3Cscript%3E");
		assertThat((String) JsonPath.read(body, "$.inFlight[0].age")).startsWith("PT");
		context.getBean(Application.class).held.complete("done");
		assertThat(held.get().statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void whenItIsOpenedThenItDoesWhatItIsAskedFor(WebApplicationType type) throws Exception {
		try (ConfigurableApplicationContext context = start(type, OPEN,
				"management.endpoint.health.group.readiness.include=ping")) {
			HttpResponse<String> lameDuck = post("lame-duck");
			assertThat(lameDuck.statusCode()).isEqualTo(200);
			assertThat(lameDuck.body()).contains("\"stage\":\"running\"", "\"readiness\":\"REFUSING_TRAFFIC\"");
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
			assertThat(get("/actuator/health").statusCode()).isEqualTo(503);
			assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
			HttpResponse<String> work = get("/work");
			assertThat(work.statusCode()).isEqualTo(200);
			assertThat(work.headers().firstValue("Connection")).isEmpty();
			for (HttpResponse<String> unknown : List.of(post("restart"), send("{}"))) {
				assertThat(unknown.statusCode()).isEqualTo(400);
				assertThat(unknown.body()).contains("'lame-duck', 'resume' or 'stop'");
			}
			assertThat(post("resume").body()).contains("\"readiness\":\"ACCEPTING_TRAFFIC\"");
			assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
			assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
			assertThat(post("stop").statusCode()).isEqualTo(200);
			Awaitility.await().until(() -> !context.isActive());
		}
	}

	/**
	 * What a page of another site can make a browser send without asking this one first.
	 */
	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void whenItIsOpenedThenAFormOfAnotherSiteDoesNothing(WebApplicationType type) throws Exception {
		try (ConfigurableApplicationContext context = start(type, OPEN)) {
			for (String contentType : List.of("text/plain", "application/x-www-form-urlencoded",
					"multipart/form-data; boundary=x", "")) {
				for (String body : List.of("{\"action\":\"stop\"}", "action=stop", "")) {
					HttpRequest.Builder request = HttpRequest
						.newBuilder(URI.create(this.address + "/actuator/graceful?action=stop"))
						.POST(BodyPublishers.ofString(body));
					if (!contentType.isEmpty()) {
						request.header("Content-Type", contentType);
					}
					assertThat(this.client.send(request.build(), BodyHandlers.ofString()).statusCode())
						.as("%s '%s'", contentType, body)
						.isEqualTo(415);
				}
			}
			assertThat(get("/actuator/graceful?action=stop").statusCode()).isEqualTo(200);
			assertThat(get("/actuator/graceful").body()).contains("\"stage\":\"running\"");
			assertThat(context.isActive()).isTrue();
		}
	}

	@Test
	void whenManagementHasItsOwnPortThenItIsThere() throws Exception {
		try (ConfigurableApplicationContext context = start(WebApplicationType.SERVLET, OPEN,
				"management.server.port=0")) {
			this.address = "http://localhost:" + context.getEnvironment().getProperty("local.management.port");
			assertThat(get("/actuator/graceful").body()).contains("\"stage\":\"running\"");
			assertThat(post("lame-duck").statusCode()).isEqualTo(200);
			assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
			assertThat(post("resume").statusCode()).isEqualTo(200);
			assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
		}
	}

	private ConfigurableApplicationContext start(WebApplicationType type, String... properties) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class).web(type)
			.properties("server.port=0", "graceful.shutdown.timeout=20s", "graceful.lame-duck.enabled=false",
					"management.endpoints.web.exposure.include=health,graceful", EXCLUDE)
			.properties(properties)
			.run();
		this.address = "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
		return context;
	}

	private HttpResponse<String> get(String path) throws Exception {
		return this.client.send(HttpRequest.newBuilder(URI.create(this.address + path)).build(),
				BodyHandlers.ofString());
	}

	private HttpResponse<String> post(String action) throws Exception {
		return send("{\"action\":\"" + action + "\"}");
	}

	private HttpResponse<String> send(String body) throws Exception {
		return this.client.send(HttpRequest.newBuilder(URI.create(this.address + "/actuator/graceful"))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body))
			.build(), BodyHandlers.ofString());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		private final CompletableFuture<String> held = new CompletableFuture<>();

		@GetMapping("/hold/{name}")
		CompletableFuture<String> hold() {
			return this.held;
		}

		@GetMapping("/work")
		String work() {
			return "done";
		}

	}

}
