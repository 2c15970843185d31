package io.github.gracefulboot.startup;

import java.time.Duration;
import java.util.Set;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StartupDeadline}.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartupDeadlineTests {

	private static final Duration SHORT = Duration.ofMillis(200);

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final String WARNING = "Not ready after 200 ms (graceful.startup.timeout). ";

	private final StartupChecks checks = new StartupChecks(Duration.ofSeconds(30), Set.of());

	@AfterEach
	void whenOverThenNoThreadIsLeft() {
		Awaitility.await().untilAsserted(this::assertThatItWatchesNoMore);
	}

	private void assertThatItWatchesNoMore() {
		assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.doesNotContain("graceful-start-deadline");
	}

	@Test
	void whenStartIsNotOverInTimeThenItsStackIsLoggedOnce(CapturedOutput output) {
		new StartupDeadline(SHORT, LONG, this.checks);
		Awaitility.await().untilAsserted(this::assertThatItWatchesNoMore);
		assertThat(output).containsOnlyOnce(WARNING + "Thread " + Thread.currentThread().getName() + ":")
			.contains(getClass().getName() + ".whenStartIsNotOverInTimeThenItsStackIsLoggedOnce");
	}

	@Test
	void whenTrafficIsAcceptedThenNothingIsLogged(CapturedOutput output) {
		StartupDeadline deadline = new StartupDeadline(LONG, LONG, this.checks);
		deadline.readinessChanged(true);
		Awaitility.await().untilAsserted(this::assertThatItWatchesNoMore);
		assertThat(output).doesNotContain("Not ready");
	}

	@Test
	void whenStartFailsThenNothingIsLogged(CapturedOutput output) {
		new StartupDeadline(LONG, LONG, this.checks).destroy();
		Awaitility.await().untilAsserted(this::assertThatItWatchesNoMore);
		assertThat(output).doesNotContain("Not ready");
	}

	@Test
	void whenACheckIsWaitedForThenItsEndIsWaitedForToo(CapturedOutput output) {
		new StartupDeadline(SHORT, LONG, this.checks);
		this.checks.await("database", new TestCheck("database", 4));
		assertThat(output).doesNotContain("Not ready");
		Awaitility.await().untilAsserted(this::assertThatItWatchesNoMore);
		assertThat(output).contains(WARNING);
	}

	@Test
	void whenARunnerDoesNotReturnThenItIsNamed(CapturedOutput output) {
		SpringApplication application = new SpringApplication(NeverReady.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.run().close();
		assertThat(output).containsPattern(
				"Runner io.github.gracefulboot.startup.StartupDeadlineTests\\$NeverReady.lambda\\$runner\\$\\d+"
						+ "\\(StartupDeadlineTests.java:\\d+\\) has been running for 200 ms: the application is not "
						+ "ready, and supervisors are not told that it is, until all runners have returned");
	}

	/**
	 * Its runner returns as soon as it has been named.
	 */
	@Configuration(proxyBeanMethods = false)
	static class NeverReady {

		@Bean
		static StartupDeadline deadline() {
			return new StartupDeadline(LONG, SHORT, new StartupChecks(LONG, Set.of()));
		}

		@Bean
		CommandLineRunner runner() {
			return (arguments) -> Awaitility.await()
				.until(() -> Thread.getAllStackTraces()
					.keySet()
					.stream()
					.noneMatch((thread) -> thread.getName().equals("graceful-runners")));
		}

	}

}
