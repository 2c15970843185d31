package io.github.gracefulboot.actuate;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.gracefulboot.Stage;
import io.github.gracefulboot.actuate.ExportingApplication.Held;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LastExport}, with a real collector.
 */
@ExtendWith(OutputCaptureExtension.class)
class LastExportTests {

	private static final String OWN_PROCESS = "spring.autoconfigure.exclude="
			+ "io.github.gracefulboot.process.GracefulProcessAutoConfiguration,"
			+ "org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration,"
			+ "org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyReactiveManagementContextAutoConfiguration";

	private static String[] arguments(Collector collector, String... more) {
		return Stream
			.concat(Stream.of("metrics.url=" + collector.address() + "/v1/metrics",
					"spans.url=" + collector.address() + "/spans", "graceful.startup.check.exclude=kafka",
					"management.prometheus.metrics.export.enabled=true",
					"management.prometheus.metrics.export.pushgateway.enabled=true",
					"management.prometheus.metrics.export.pushgateway.address=" + collector.hostAndPort(),
					"management.prometheus.metrics.export.pushgateway.push-rate=1h",
					"management.prometheus.metrics.export.pushgateway.format=text",
					"management.prometheus.metrics.export.pushgateway.shutdown-operation=put",
					"spring.jmx.enabled=false"), Stream.of(more))
			.map((property) -> "--" + property)
			.toArray(String[]::new);
	}

	private static ConfigurableApplicationContext start(WebApplicationType type, Collector collector, String... more) {
		return new SpringApplicationBuilder(ExportingApplication.class).web(type)
			.run(arguments(collector, Stream.concat(Stream.of(OWN_PROCESS), Stream.of(more)).toArray(String[]::new)));
	}

	@Test
	void whenShutdownIsCleanThenAllOfItIsExported() throws Exception {
		try (Collector collector = Collector.start()) {
			ConfigurableApplicationContext context = start(WebApplicationType.NONE, collector);
			OtlpMeterRegistry registry = context.getBean(OtlpMeterRegistry.class);
			context.close();
			assertThat(collector.sums("graceful.shutdowns"))
				.containsExactly(Map.entry(Map.of("outcome", "clean", "reason", "context-closed"), 1.0));
			assertThat(collector.timers("graceful.stage")).extracting((tags) -> tags.get("stage"))
				.containsExactlyInAnyOrder("announce", "lame-duck", "drain", "release");
			assertThat(collector.spans()).containsExactlyInAnyOrder("work", "flushed");
			assertThat(collector.pushed())
				.contains("graceful_shutdowns_total{outcome=\"clean\",reason=\"context-closed\"} 1");
			assertThat(registry.isClosed()).isTrue();
		}
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenProcessEndsByForceThenItIsExportedBefore(@TempDir Path directory) throws Exception {
		try (Collector collector = Collector.start()) {
			Path log = directory.resolve("log");
			List<String> command = new ArrayList<>(List.of(
					Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
					"-cp", System.getProperty("java.class.path"), ExportingApplication.class.getName()));
			command.addAll(
					List.of(arguments(collector, "spring.main.web-application-type=none", "spring.profiles.active=hang",
							"graceful.shutdown.timeout=10s", "metrics.step=1s", "spring.main.keep-alive=true")));
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(log.toFile())
				.start();
			try {
				Awaitility.await()
					.atMost(2, TimeUnit.MINUTES)
					.until(() -> !process.isAlive() || Files.readString(log).contains("Started ExportingApplication"));
				process.destroy();
				assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
			}
			finally {
				process.destroyForcibly();
			}
			assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(1);
			assertThat(log).content().contains("Shutdown forced after");
			assertThat(collector.sums("graceful.shutdowns")).as(Files.readString(log))
				.containsExactly(Map.entry(Map.of("outcome", "forced", "reason", "sigterm"), 1.0));
			assertThat(collector.sums("graceful.tasks.lost")).hasEntrySatisfying(Map.of("how", "cut-off"),
					(count) -> assertThat(count).isPositive());
			assertThat(collector.spans()).containsExactlyInAnyOrder("work", "flushed");
			assertThat(collector.pushed()).contains("graceful_shutdowns_total{outcome=\"forced\",reason=\"sigterm\"} 1")
				.containsPattern("graceful_tasks_lost_total\\{how=\"cut-off\"} [1-9]");
		}
	}

	@Test
	void whenCollectorHangsThenShutdownGoesOnWithoutIt(CapturedOutput output) throws Exception {
		try (Collector collector = Collector.hanging()) {
			start(WebApplicationType.NONE, collector, "graceful.shutdown.timeout=1s").close();
			assertThat(output).contains("The last export by otlpMeterRegistry did not finish within")
				.contains("The last export by tracerProvider did not finish within")
				.contains("The last export by reporter did not finish within")
				.contains("The last export by prometheusPushGatewayManager did not finish within")
				.contains("Shutdown completed in");
		}
	}

	@Test
	void whenDrainingThenPrometheusScrapesItsMeters() throws Exception {
		try (Collector collector = Collector.start();
				ConfigurableApplicationContext context = start(WebApplicationType.SERVLET, collector, "server.port=0",
						"management.server.port=0", "management.endpoints.web.exposure.include=prometheus",
						"spring.profiles.active=held")) {
			Held held = context.getBean(Held.class);
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			Thread closing = DaemonThreads.start("closing", context::close);
			Awaitility.await().until(() -> shutdown.getStage() == Stage.DRAIN);
			String meters = HttpClient.newHttpClient()
				.send(HttpRequest
					.newBuilder(URI.create("http://localhost:"
							+ context.getEnvironment().getProperty("local.management.port") + "/actuator/prometheus"))
					.build(), BodyHandlers.ofString())
				.body();
			held.letGo();
			closing.join();
			assertThat(meters).contains("graceful_stage_active{stage=\"drain\"} 1")
				.contains("graceful_stage_active{stage=\"running\"} 0")
				.contains("graceful_tasks_lost_total{how=\"cut-off\"} 0")
				.containsPattern("graceful_ready_time_seconds [0-9.]+")
				.containsPattern(
						"graceful_stage_seconds_count\\{end=\"[a-z-]+\",reason=\"context-closed\",stage=\"lame-duck\"} 1");
			assertThat(collector.sums("graceful.shutdowns")).hasSize(1);
		}
	}

}
