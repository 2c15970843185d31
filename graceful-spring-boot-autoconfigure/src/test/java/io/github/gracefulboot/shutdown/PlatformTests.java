package io.github.gracefulboot.shutdown;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Platform}.
 */
class PlatformTests {

	private static final Predicate<Path> NO_CONTAINER = (path) -> false;

	private static final Predicate<Path> CONTAINER = (path) -> path.endsWith(".containerenv");

	private final MockEnvironment environment = new MockEnvironment();

	@ParameterizedTest
	@CsvSource({ "KUBERNETES_SERVICE_HOST=10.0.0.1;KUBERNETES_SERVICE_PORT=443, KUBERNETES, 30",
			"VCAP_APPLICATION={}, CLOUD_FOUNDRY, 10", "DYNO=web.1, HEROKU, 30",
			"ECS_CONTAINER_METADATA_URI_V4=http://169.254.170.2/v4/1, ECS, 30", "K_SERVICE=orders, CLOUD_RUN, 10",
			"CONTAINER_APP_NAME=orders, AZURE_CONTAINER_APPS, 30", "RENDER_SERVICE_ID=srv-1, RENDER, 30",
			"FLY_MACHINE_ID=1, FLY, 5", "NOMAD_ALLOC_ID=1, NOMAD, 5" })
	void whenThePlatformLeavesItsMarkThenIsKnownAlsoWithinAContainer(String variables, Platform platform, int seconds) {
		for (String variable : variables.split(";")) {
			this.environment.setProperty(variable.split("=")[0], variable.split("=")[1]);
		}
		// Spring Boot looks for some of them in the environment of the process only
		this.environment.setProperty("spring.main.cloud-platform", switch (platform) {
			case KUBERNETES, CLOUD_FOUNDRY, HEROKU -> platform.name();
			default -> "";
		});
		assertThat(Platform.of(this.environment, process(1, 0), CONTAINER)).contains(platform);
		assertThat(platform.untilKill()).hasSeconds(seconds);
	}

	@ParameterizedTest
	@CsvSource({ "1, 0, true", "7, 1, true", "70, 7, false" })
	void whenInAContainerThenDockerCountsIfItsSignalComesHere(long pid, long parent, boolean docker) {
		assertThat(Platform.of(this.environment, process(pid, parent), CONTAINER).isPresent()).isEqualTo(docker);
		assertThat(Platform.of(this.environment, process(pid, parent), NO_CONTAINER)).isEmpty();
	}

	@Test
	void whenSystemdStopsItThenNotTheContainer() {
		this.environment.setProperty("INVOCATION_ID", "1");
		assertThat(Platform.of(this.environment, process(70, 1), CONTAINER)).isEmpty();
	}

	@Test
	void whenSomebodySaysThatItIsNowhereThenIsNowhere() {
		this.environment.setProperty("spring.main.cloud-platform", "none");
		this.environment.setProperty("K_SERVICE", "orders");
		assertThat(Platform.of(this.environment, process(1, 0), CONTAINER)).isEmpty();
	}

	private static ProcessHandle process(long pid, long parent) {
		ProcessHandle process = mock(ProcessHandle.class);
		ProcessHandle parentProcess = mock(ProcessHandle.class);
		given(parentProcess.pid()).willReturn(parent);
		given(process.pid()).willReturn(pid);
		given(process.parent()).willReturn((parent > 0) ? Optional.of(parentProcess) : Optional.empty());
		return process;
	}

}
