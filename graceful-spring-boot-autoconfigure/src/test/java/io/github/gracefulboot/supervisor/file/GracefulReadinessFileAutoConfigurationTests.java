package io.github.gracefulboot.supervisor.file;

import java.nio.file.Files;
import java.nio.file.Path;

import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.supervisor.GracefulSupervisorAutoConfiguration;
import io.github.gracefulboot.supervisor.Supervisors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulReadinessFileAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class GracefulReadinessFileAutoConfigurationTests {

	private static final String PROPERTY = "graceful.supervisor.file.path=";

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GracefulReadinessFileAutoConfiguration.class, GracefulShutdownAutoConfiguration.class,
					GracefulSupervisorAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class));

	@TempDir
	private Path directory;

	@Test
	void whenThereIsNoPathThenNothingIsThere() {
		this.runner.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(Supervisor.class)
			.doesNotHaveBean(Supervisors.class));
	}

	@Test
	void whenPathIsEmptyThenWarnsOnceAndTheApplicationRuns(CapturedOutput output) {
		this.runner.withPropertyValues(PROPERTY).run((context) -> {
			assertThat(context).hasNotFailed();
			Awaitility.await().untilAsserted(() -> assertThat(output).contains("WARN"));
		});
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("file cannot be notified of startup and shutdown: ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "graceful.enabled=false", "graceful.supervisor.file.enabled=false",
			WaitingPolicy.TEST_PROPERTY + "=true" })
	void whenDisabledOrInATestThenNoFileIsTouched(String property) throws Exception {
		Path path = Files.writeString(this.directory.resolve("ready"), "of somebody else");
		this.runner.withPropertyValues(PROPERTY + path, property).run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(context).hasNotFailed().doesNotHaveBean(Supervisor.class).doesNotHaveBean(Supervisors.class);
		});
		assertThat(path).hasContent("of somebody else");
	}

	@Test
	void whenReadyThenTheFileIsThereUntilTheStopBegins(CapturedOutput output) {
		Path path = this.directory.resolve("ready");
		this.runner.withPropertyValues(PROPERTY + path).run((context) -> {
			assertThat(path).doesNotExist();
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			Awaitility.await().untilAsserted(() -> assertThat(path).exists());
			AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
			Awaitility.await().untilAsserted(() -> assertThat(path).doesNotExist());
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			Awaitility.await().untilAsserted(() -> assertThat(path).exists());
			context.getBean(ShutdownSequence.class).start(StopReason.SIGTERM);
			context.getSourceApplicationContext(ConfigurableApplicationContext.class).close();
			assertThat(path).doesNotExist();
		});
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).isEmpty();
	}

	@Test
	void whenPathIsADirectoryThenWarnsOnceAndTheApplicationRuns(CapturedOutput output) {
		this.runner.withPropertyValues(PROPERTY + this.directory).run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(context).hasNotFailed();
			Awaitility.await().untilAsserted(() -> assertThat(output).contains("WARN"));
		});
		assertThat(this.directory).isEmptyDirectory();
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("file cannot be notified of startup and shutdown: " + PROPERTY + this.directory
					+ " cannot be used");
	}

}
