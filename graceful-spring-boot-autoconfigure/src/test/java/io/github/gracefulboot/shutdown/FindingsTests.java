package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Findings}.
 */
@ExtendWith(OutputCaptureExtension.class)
class FindingsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class));

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			management.endpoint.health.cache.time-to-live=10s | health-cache
			management.endpoint.health.cache.timeToLive=500 | health-cache
			management.endpoint.health.group.readiness.include=db | readiness-group
			management.endpoint.health.group.readiness.include[0]=db | readiness-group
			management.endpoint.health.status.http-mapping.out-of-service=200 | status-mapping
			management.endpoint.health.group.readiness.status.http-mapping.out-of-service=200 | status-mapping
			management.endpoint.health.probes.enabled=false | probes-disabled
			server.shutdown=IMMEDIATE | immediate-shutdown
			server.tomcat.keep-alive-timeout=15s | keep-alive
			server.jetty.connection-idle-timeout=30000 | keep-alive
			server.netty.idle-timeout=5s | keep-alive
			graceful.shutdown.timeout=30s;spring.main.cloud-platform=kubernetes | kill-timeout
			graceful.shutdown.timeout=10s;K_SERVICE=orders | kill-timeout
			""")
	void whenSettingsContradictThenOneLineSaysSoAndOnePropertyTurnsItOff(String properties, String id,
			CapturedOutput output) {
		ApplicationContextRunner contradicting = this.runner.withPropertyValues(properties.split(";"));
		contradicting.run((context) -> {
			assertThat(findings(context)).extracting(Finding::id).containsExactly(id);
			assertThat(output.getAll().lines().filter((line) -> line.contains("Finding "))).singleElement()
				.asString()
				.contains("INFO", "Finding " + id + ": ", nameIn(properties));
		});
		contradicting.withPropertyValues("graceful.findings.ignore=other," + id)
			.run((context) -> assertThat(findings(context)).isEmpty());
	}

	private static String nameIn(String properties) {
		return properties.substring(0, properties.indexOf('='))
			.replace("timeToLive", "time-to-live")
			.replace("[0]", "");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			graceful.enabled=true
			management.endpoint.health.cache.time-to-live=0s
			management.endpoint.health.group.readiness.include=readinessState,db
			management.endpoint.health.group.readiness.include=*
			management.endpoint.health.status.http-mapping.out-of-service=503
			management.endpoint.health.probes.enabled=true
			server.shutdown=graceful
			server.tomcat.keep-alive-timeout=75s
			server.tomcat.keep-alive-timeout=-1
			graceful.shutdown.timeout=25s;spring.main.cloud-platform=kubernetes
			spring.main.cloud-platform=kubernetes
			""")
	void whenNothingContradictsThenNothingIsSaid(String properties, CapturedOutput output) {
		this.runner.withPropertyValues(properties.split(";")).run((context) -> {
			assertThat(findings(context)).isEmpty();
			assertThat(output).doesNotContain("Finding ");
		});
	}

	@Test
	void whenAValueCannotBeReadThenTheApplicationRuns() {
		this.runner.withPropertyValues("server.tomcat.keep-alive-timeout=soon")
			.run((context) -> assertThat(findings(context)).isEmpty());
	}

	@Test
	void whenInATestThenNothingIsLookedFor() {
		this.runner.withPropertyValues("server.shutdown=immediate", WaitingPolicy.TEST_PROPERTY + "=true")
			.run((context) -> assertThat(findings(context)).isEmpty());
	}

	private static List<Finding> findings(AssertableApplicationContext asserted) {
		ConfigurableApplicationContext context = asserted.getSourceApplicationContext();
		context.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0], context, Duration.ZERO));
		return context.getBean(Findings.class).all();
	}

}
