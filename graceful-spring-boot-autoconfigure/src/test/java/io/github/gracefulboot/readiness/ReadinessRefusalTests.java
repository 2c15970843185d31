package io.github.gracefulboot.readiness;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import io.github.gracefulboot.shutdown.FixedHandOver;
import io.github.gracefulboot.shutdown.HandOver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What real servers answer to who asks whether an instance is ready that shuts down.
 */
class ReadinessRefusalTests {

	private static final List<String> NEVER_SAY_NO = List.of(
			"management.endpoint.health.probes.add-additional-paths=true",
			"management.endpoint.health.group.readiness.include=ping",
			"management.endpoint.health.group.lb.include=readinessState",
			"management.endpoint.health.group.lb.status.http-mapping.out-of-service=200",
			"management.endpoint.health.group.ordered.include=readinessState,ping",
			"management.endpoint.health.group.ordered.status.order=up,out-of-service",
			"management.endpoint.health.show-components=always", "graceful.lame-duck.probe-paths=/ping");

	/**
	 * Each server on the class path would bring a management context of its own.
	 */
	private static final String ONE_SERVER = "spring.autoconfigure.exclude="
			+ "org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration,"
			+ "org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyReactiveManagementContextAutoConfiguration";

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void whenShuttingDownThenEachPathButLivenessSaysSo(WebApplicationType type) throws Exception {
		Map<String, Answer> answers = stop(type, "server", NEVER_SAY_NO, "/actuator/health/readiness", "/readyz",
				"/actuator/health/lb", "/actuator/health/ordered", "/actuator/health/ping", "/ping",
				"/actuator/health/liveness", "/livez", "/actuator/health", "OPTIONS /actuator/health");
		assertThat(answers.remove("/actuator/health/liveness").status()).isEqualTo(200);
		assertThat(answers.remove("/livez").status()).isEqualTo(200);
		assertThat(answers.remove("/actuator/health")).satisfies((health) -> {
			assertThat(health.status()).isEqualTo(503);
			assertThat(health.body()).contains("\"graceful\"").contains("remainingMillis");
		});
		assertThat(answers).hasSize(7)
			.allSatisfy(
					(path, answer) -> assertThat(answer).isEqualTo(new Answer(503, "{\"status\":\"OUT_OF_SERVICE\"}")));
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void whenManagementHasItsOwnPortThenItIsTheSameThere(WebApplicationType type) throws Exception {
		Map<String, Answer> answers = stop(type, "management",
				List.of("management.server.port=0", "management.server.base-path=/ops", ONE_SERVER,
						"management.endpoints.web.base-path=/", "management.endpoint.health.group.lb.include=ping",
						"management.endpoint.health.group.lb.additional-path=management:/up",
						"management.endpoint.health.status.http-mapping.out-of-service=200"),
				"/ops/health", "/ops/health/lb", "/ops/up", "/ops/health/liveness");
		assertThat(answers.remove("/ops/health/liveness").status()).isEqualTo(200);
		assertThat(answers).hasSize(3)
			.allSatisfy((path, answer) -> assertThat(answer.status()).as(path).isEqualTo(503));
	}

	@Test
	void whenNothingIsSetUpThenTheReadinessGroupAnswersLikeTheOthers() throws Exception {
		Map<String, Answer> answers = stop(WebApplicationType.SERVLET, "server",
				List.of("server.servlet.context-path=/shop"), "/shop/actuator/health/readiness",
				"/shop/actuator/health");
		assertThat(answers).allSatisfy((path, answer) -> {
			assertThat(answer.status()).isEqualTo(503);
			assertThat(answer.body()).startsWith("{").contains("\"status\":\"OUT_OF_SERVICE\"");
		});
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void whenOthersServeThePortOnThenEachPathSaysThatItIsServed(WebApplicationType type) throws Exception {
		Map<String, Answer> answers = stop(type, "server", List.of("graceful.lame-duck.probe-paths=/ping"),
				List.of(Application.class, ServedOn.class), "/actuator/health/readiness", "/actuator/health", "/ping",
				"/actuator/health/liveness");
		assertThat(answers.remove("/actuator/health/liveness").status()).isEqualTo(200);
		assertThat(answers).hasSize(3)
			.allSatisfy((path, answer) -> assertThat(answer).isEqualTo(new Answer(200, "{\"status\":\"UP\"}")));
	}

	private static Map<String, Answer> stop(WebApplicationType type, String port, List<String> properties,
			String... paths) throws Exception {
		return stop(type, port, properties, List.of(Application.class), paths);
	}

	private static Map<String, Answer> stop(WebApplicationType type, String port, List<String> properties,
			List<Class<?>> sources, String... paths) throws Exception {
		Map<String, Answer> answers = new LinkedHashMap<>();
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(sources.toArray(Class<?>[]::new))
			.web(type)
			.properties("server.port=0", "graceful.shutdown.exit-codes=false",
					"management.endpoint.health.show-details=always")
			.properties(properties.toArray(String[]::new))
			.run()) {
			String address = "http://localhost:" + context.getEnvironment().getProperty("local." + port + ".port");
			for (String path : paths) {
				assertThat(ask(address, path).status()).as(path).isEqualTo(200);
			}
			context.getBean(Asking.class).duringLameDuck = () -> {
				for (String path : paths) {
					answers.put(path, ask(address, path));
				}
			};
		}
		return answers;
	}

	private static Answer ask(String address, String path) {
		String[] words = path.split(" ");
		HttpRequest request = HttpRequest.newBuilder(URI.create(address + words[words.length - 1]))
			.method((words.length > 1) ? words[0] : "GET", BodyPublishers.noBody())
			.build();
		try {
			HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
			return new Answer(response.statusCode(), response.body());
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private record Answer(int status, String body) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		@GetMapping("/ping")
		String ping() {
			return "pong";
		}

		@Bean
		Asking asking() {
			return new Asking();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ServedOn {

		@Bean(HandOver.BEAN)
		HandOver handOver() {
			return new FixedHandOver();
		}

	}

	static class Asking implements ApplicationListener<StageChangedEvent> {

		private volatile Runnable duringLameDuck = () -> {
		};

		@Override
		public void onApplicationEvent(StageChangedEvent event) {
			if (event.getStage() == Stage.LAME_DUCK) {
				this.duringLameDuck.run();
			}
		}

	}

}
