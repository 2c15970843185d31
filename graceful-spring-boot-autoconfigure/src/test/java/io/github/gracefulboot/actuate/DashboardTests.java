package io.github.gracefulboot.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the dashboard, the alert rules and the documented table true to
 * {@link GracefulMetrics}.
 */
class DashboardTests {

	private static final Path DOCS = Path.of("..", "docs");

	private static final Pattern NAME = Pattern.compile("\\bgraceful_[a-z_]+");

	private static final Pattern LABEL = Pattern.compile("\\b(stage|end|how|outcome|reason|participant)(?==~?\"|!=\")");

	/**
	 * Shuts an application down, and returns its meters as Prometheus has them.
	 */
	private static List<String> series(List<Meter.Id> meters) {
		PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT,
				new PrometheusRegistry(), Clock.SYSTEM);
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
					GracefulMetricsAutoConfiguration.class, MetricsAutoConfiguration.class))
			.withBean(MeterRegistry.class, () -> registry)
			.withBean("mailQueue", DrainParticipant.class, () -> (deadline) -> {
			})
			.run((context) -> {
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				context.close();
			});
		registry.getMeters().stream().map(Meter::getId).forEach(meters::add);
		return registry.scrape().lines().filter((line) -> line.startsWith("graceful_")).toList();
	}

	@Test
	void whenDashboardAndAlertsAskForMetersThenTheyExist() throws IOException {
		List<String> series = series(new ArrayList<>());
		Set<String> names = series.stream().map((line) -> line.split("[{ ]")[0]).collect(Collectors.toSet());
		for (String query : queries()) {
			assertThat(NAME.matcher(query).results().map((match) -> match.group())).as(query)
				.isNotEmpty()
				.allSatisfy((name) -> assertThat(names).contains(name));
			String name = NAME.matcher(query).results().findFirst().orElseThrow().group();
			LABEL.matcher(query)
				.results()
				.forEach((label) -> assertThat(series)
					.anyMatch((line) -> line.startsWith(name + "{") && line.contains(label.group() + "=\"")));
		}
	}

	private static List<String> queries() throws IOException {
		List<String> dashboard = JsonPath.read(Files.readString(DOCS.resolve("grafana/graceful-shutdown.json")),
				"$.panels[*].targets[*].expr");
		Map<String, List<Map<String, List<Map<String, String>>>>> alerts = new Yaml()
			.load(Files.readString(DOCS.resolve("grafana/alerts.yaml")));
		return Stream
			.concat(dashboard.stream(),
					alerts.get("groups")
						.stream()
						.flatMap((group) -> group.get("rules").stream())
						.map((rule) -> rule.get("expr")))
			.toList();
	}

	@Test
	void whenThereAreMetersThenTheTableHasThemAllWithTheirTags() throws IOException {
		List<Meter.Id> meters = new ArrayList<>();
		series(meters);
		String page = Files.readString(DOCS.resolve("meters.md"));
		Set<String> documented = new TreeSet<>();
		Pattern.compile("(?m)^\\| `(graceful[a-z.]+)` \\| [a-z ]+ \\| ([^|]*)\\|")
			.matcher(page)
			.results()
			.forEach((row) -> documented.add(row.group(1) + sorted(
					Pattern.compile("`([a-z]+)`").matcher(row.group(2)).results().map((tag) -> tag.group(1)))));
		assertThat(sorted(meters.stream()
			.filter((id) -> id.getName().startsWith("graceful."))
			.map((id) -> id.getName() + sorted(id.getTags().stream().map(Tag::getKey))))).isEqualTo(documented);
	}

	private static Set<String> sorted(Stream<String> texts) {
		return texts.collect(Collectors.toCollection(TreeSet::new));
	}

}
