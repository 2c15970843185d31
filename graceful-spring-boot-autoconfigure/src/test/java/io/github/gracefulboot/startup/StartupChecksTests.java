package io.github.gracefulboot.startup;

import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import com.rabbitmq.client.AuthenticationFailureException;
import io.github.gracefulboot.StartupCheck;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import jakarta.jms.JMSSecurityException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.metrics.buffering.BufferingApplicationStartup;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.SpringProperties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link StartupChecks}.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartupChecksTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final Duration SHORT = Duration.ofMillis(300);

	@AfterEach
	void whenOverThenNoThreadIsLeft() {
		Awaitility.await()
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.noneMatch((name) -> name.startsWith("graceful-check")));
	}

	@Test
	void whenCheckPassesAtTheThirdAttemptThenObserversWereToldOfTwo(CapturedOutput output) {
		StartupChecks checks = new StartupChecks(LONG, Set.of());
		List<String> told = new CopyOnWriteArrayList<>();
		checks.addObserver(told::add);
		TestCheck check = new TestCheck("database", 3);
		checks.await(check.name(), check);
		assertThat(check.attempts()).isEqualTo(3);
		assertThat(told).hasSize(2)
			.allSatisfy((status) -> assertThat(status).startsWith("Waiting for database: not yet (attempt ")
				.endsWith(" of 30 s)"));
		assertThat(output).containsOnlyOnce("Waiting for database: not yet (attempt 1")
			.containsPattern("database became available after \\d+ ms \\(3 attempts\\)");
	}

	@Test
	void whenChecksAreAwaitedThenEachIsAStepOfTheStart() {
		BufferingApplicationStartup startup = new BufferingApplicationStartup(10);
		StartupChecks checks = new StartupChecks(SHORT, Set.of());
		checks.setApplicationStartup(startup);
		TestCheck passing = new TestCheck("database", 2);
		TestCheck failing = TestCheck.never("broker");
		checks.await(passing.name(), passing);
		assertThatExceptionOfType(StartupCheckFailedException.class)
			.isThrownBy(() -> checks.await(failing.name(), failing));
		List<Map<String, String>> tags = startup.getBufferedTimeline().getEvents().stream().map((event) -> {
			assertThat(event.getStartupStep().getName()).isEqualTo("graceful.startup.check");
			Map<String, String> values = new HashMap<>();
			event.getStartupStep().getTags().forEach((tag) -> values.put(tag.getKey(), tag.getValue()));
			return values;
		}).toList();
		assertThat(tags.get(0)).isEqualTo(Map.of("name", "database", "attempts", "2", "passed", "true"));
		assertThat(tags.get(1)).containsEntry("name", "broker").containsEntry("passed", "false");
	}

	@Test
	void whenContextHasAStartupThenItHasTheSteps() {
		BufferingApplicationStartup startup = new BufferingApplicationStartup(1000);
		TestCheck check = new TestCheck("database", 1);
		new ApplicationContextRunner(() -> {
			AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
			context.setApplicationStartup(startup);
			return context;
		}).withConfiguration(AutoConfigurations.of(GracefulStartupAutoConfiguration.class))
			.withBean(StartupCheck.class, () -> check)
			.run((context) -> assertThat(startup.getBufferedTimeline().getEvents())
				.extracting((event) -> event.getStartupStep().getName())
				.containsOnlyOnce("graceful.startup.check"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.context.exit", "spring.context.checkpoint" })
	void whenTheContextIsOnlyRefreshedForTrainingThenNothingIsWaitedFor(String property) {
		TestCheck check = TestCheck.never("database");
		SpringProperties.setProperty(property, "onRefresh");
		try {
			new StartupChecks(SHORT, Set.of()).await(check.name(), check);
		}
		finally {
			SpringProperties.setProperty(property, null);
		}
		assertThat(check.attempts()).isZero();
	}

	@ParameterizedTest
	@MethodSource
	void whenCredentialsAreRefusedThenGivesUpAfterTheSecondTimeAndTheStartGoesOn(Exception refusal,
			CapturedOutput output) {
		AtomicInteger attempts = new AtomicInteger();
		new StartupChecks(LONG, Set.of()).await("database", () -> {
			attempts.incrementAndGet();
			throw new IllegalStateException("Could not connect", refusal);
		});
		assertThat(attempts).hasValue(2);
		assertThat(output).containsOnlyOnce("database refuses the credentials").doesNotContain("became available");
	}

	static Stream<Exception> whenCredentialsAreRefusedThenGivesUpAfterTheSecondTimeAndTheStartGoesOn() {
		return Stream.of(new SQLException("password authentication failed for user \"app\"", "28P01"),
				new SQLException("Access denied for user 'app'@'localhost'", "28000", 1045),
				new SQLException("ORA-01017: invalid username/password; logon denied", "72000", 1017),
				new SQLException("Login failed for user 'app'.", "S0001", 18456),
				new SQLInvalidAuthorizationSpecException("no state"), new SaslAuthenticationException("denied"),
				new AuthenticationFailureException("ACCESS_REFUSED"), new JMSSecurityException("User name is invalid"),
				new R2dbcPermissionDeniedException("password authentication failed", "28P01"),
				new IllegalStateException("WRONGPASS invalid username-password pair or user is disabled."));
	}

	@Test
	void whenOtherFailuresComeBetweenRefusalsThenGoesOn() {
		AtomicInteger attempts = new AtomicInteger();
		new StartupChecks(LONG, Set.of()).await("database", () -> {
			switch (attempts.incrementAndGet()) {
				case 1, 3 -> throw new SQLException("no pg_hba.conf entry", "28000");
				case 2 -> throw new SQLException("the database system is starting up", "57P03");
				default -> {
				}
			}
		});
		assertThat(attempts).hasValue(4);
	}

	@Test
	void whenCheckPassesAtOnceThenSaysNothing(CapturedOutput output) {
		new StartupChecks(LONG, Set.of()).await("database", new TestCheck("database", 1));
		assertThat(output).doesNotContain("database");
	}

	@Test
	void whenCheckNeverPassesThenFailsInTimeAndSaysWhatToDo() {
		StartupChecks checks = new StartupChecks(SHORT, Set.of());
		TestCheck check = TestCheck.never("database");
		long start = System.nanoTime();
		assertThatExceptionOfType(StartupCheckFailedException.class).isThrownBy(() -> checks.await(check.name(), check))
			.withMessageMatching("database was still unavailable after \\d+ ms \\(\\d attempts\\): not yet")
			.withRootCauseInstanceOf(IllegalArgumentException.class)
			.satisfies((ex) -> {
				assertThat(ex.getCheck()).isEqualTo("database");
				FailureAnalysis analysis = analyze(ex);
				assertThat(analysis.getDescription())
					.startsWith(
							"The application did not start: a required dependency is unavailable. database was still ")
					.endsWith(": not yet");
				assertThat(analysis.getAction()).contains("graceful.startup.timeout")
					.contains("graceful.startup.check.exclude=database");
			});
		assertThat(System.nanoTime() - start).isBetween(SHORT.toNanos(), LONG.toNanos());
		assertThat(check.attempts()).isGreaterThan(1);
		assertThat(checks.isWaiting()).isFalse();
	}

	@Test
	void whenCheckHangsThenFailsInTimeAndItsThreadIsInterrupted() {
		StartupChecks checks = new StartupChecks(SHORT, Set.of());
		assertThatExceptionOfType(StartupCheckFailedException.class)
			.isThrownBy(() -> checks.await("broker", TestCheck.hangs("broker")))
			.withMessageContaining("(1 attempt): the last attempt did not return")
			.withNoCause();
	}

	@Test
	void whenTheLastAttemptHangsThenTheOneBeforeIsNamedToo() {
		StartupChecks checks = new StartupChecks(SHORT, Set.of());
		StartupCheck check = new TestCheck("broker", 2) {

			@Override
			public void check() throws Exception {
				super.check();
				Thread.sleep(60_000);
			}

		};
		assertThatExceptionOfType(StartupCheckFailedException.class).isThrownBy(() -> checks.await(check.name(), check))
			.withMessageContaining("(2 attempts): the last attempt did not return; previous attempt: not yet");
	}

	@Test
	void whenOthersUsedUpTheTimeThenTheFirstAttemptIsMadeStill() {
		StartupChecks checks = new StartupChecks(SHORT, Set.of());
		assertThatExceptionOfType(StartupCheckFailedException.class)
			.isThrownBy(() -> checks.await("database", TestCheck.never("database")));
		checks.await("cache", new TestCheck("cache", 1));
		TestCheck broker = TestCheck.never("broker");
		assertThatExceptionOfType(StartupCheckFailedException.class)
			.isThrownBy(() -> checks.await(broker.name(), broker))
			.withMessageContaining("broker");
		assertThat(broker.attempts()).isEqualTo(1);
	}

	@Test
	void whenNameIsExcludedThenIsNotTried() {
		TestCheck check = TestCheck.never("database");
		new StartupChecks(LONG, Set.of("database")).await(check.name(), check);
		assertThat(check.attempts()).isZero();
	}

	@Test
	void whenTrafficIsAcceptedThenNothingIsWaitedForAnyMore() {
		StartupChecks checks = new StartupChecks(LONG, Set.of());
		checks.readinessChanged(false);
		TestCheck before = new TestCheck("before", 1);
		checks.await(before.name(), before);
		checks.readinessChanged(true);
		checks.readinessChanged(false);
		TestCheck late = TestCheck.never("late");
		checks.await(late.name(), late);
		assertThat(before.attempts()).isEqualTo(1);
		assertThat(late.attempts()).isZero();
	}

	@Test
	void whenStartIsInterruptedThenTheWaitEndsAtOnce() {
		StartupChecks checks = new StartupChecks(LONG, Set.of());
		TestCheck check = TestCheck.never("database");
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		Thread starter = new Thread(() -> {
			try {
				checks.await(check.name(), check);
			}
			catch (StartupCheckFailedException ex) {
				interrupted.complete(Thread.currentThread().isInterrupted());
				failure.complete(ex);
			}
		});
		starter.start();
		Awaitility.await().until(() -> check.attempts() > 0);
		starter.interrupt();
		assertThat(failure).succeedsWithin(Duration.ofSeconds(10))
			.isInstanceOfSatisfying(StartupCheckFailedException.class, (ex) -> {
				assertThat(ex.isStopped()).isTrue();
				FailureAnalysis analysis = analyze(ex);
				assertThat(analysis.getDescription()).startsWith("Shutdown requested while waiting for database for ")
					.endsWith("; the start was abandoned.");
				assertThat(analysis.getAction()).isNull();
			});
		assertThat(interrupted).isCompletedWithValue(true);
	}

	private static FailureAnalysis analyze(Exception failure) {
		return new StartupCheckFailureAnalyzer().analyze(new IllegalStateException(failure));
	}

}
