package io.github.gracefulboot.supervisor.s6;

import java.io.IOException;
import java.time.Duration;

import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.posix.Pipe;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.supervisor.GracefulSupervisorAutoConfiguration;
import io.github.gracefulboot.supervisor.Supervisors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulS6AutoConfiguration}.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(OutputCaptureExtension.class)
class GracefulS6AutoConfigurationTests {

	private static final String PROPERTY = "graceful.supervisor.s6.notification-fd=";

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GracefulS6AutoConfiguration.class, GracefulShutdownAutoConfiguration.class,
					GracefulSupervisorAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class));

	@Test
	void whenThereIsNoDescriptorThenNothingIsThere() {
		this.runner.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(Supervisor.class)
			.doesNotHaveBean(Supervisors.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "graceful.enabled=false", "graceful.supervisor.s6.enabled=false",
			WaitingPolicy.TEST_PROPERTY + "=true" })
	void whenDisabledOrInATestThenNothingIsWritten(String property) throws IOException {
		try (Pipe pipe = new Pipe()) {
			this.runner.withPropertyValues(PROPERTY + pipe.descriptor(), property).run((context) -> {
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				assertThat(context).hasNotFailed().doesNotHaveBean(Supervisor.class).doesNotHaveBean(Supervisors.class);
			});
			assertThat(pipe.received()).isEmpty();
		}
	}

	@Test
	void whenReadyThenS6IsTold(CapturedOutput output) throws IOException {
		try (Pipe pipe = new Pipe()) {
			this.runner.withPropertyValues(PROPERTY + pipe.descriptor()).run((context) -> {
				assertThat(pipe.received()).isEmpty();
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				Awaitility.await().pollInterval(Duration.ofMillis(2)).until(pipe::received, "\n"::equals);
			});
			assertThat(pipe.received()).isEmpty();
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "three", "3", "123456" })
	void whenTheDescriptorIsNoneThenWarnsOnceAndTheApplicationRuns(String descriptor, CapturedOutput output) {
		this.runner.withPropertyValues(PROPERTY + descriptor).run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(context).hasNotFailed();
			Awaitility.await().untilAsserted(() -> assertThat(output).contains("WARN"));
		});
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("s6 cannot be notified of startup and shutdown: " + PROPERTY + descriptor + " is ");
	}

}
