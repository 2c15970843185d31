package io.github.gracefulboot.supervisor.systemd;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.posix.DatagramReceiver;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.KillTimeout;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.supervisor.GracefulSupervisorAutoConfiguration;
import io.github.gracefulboot.supervisor.Supervisors;
import io.github.gracefulboot.supervisor.file.GracefulReadinessFileAutoConfiguration;
import io.github.gracefulboot.supervisor.pm2.GracefulPm2AutoConfiguration;
import io.github.gracefulboot.supervisor.s6.GracefulS6AutoConfiguration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulSystemdAutoConfiguration}.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(OutputCaptureExtension.class)
class GracefulSystemdAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GracefulSystemdAutoConfiguration.class, GracefulShutdownAutoConfiguration.class,
					GracefulSupervisorAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class));

	@TempDir
	private Path directory;

	/**
	 * Ahead-of-time processing evaluates conditions on another machine. Its system
	 * property is all that they see of it.
	 */
	@Test
	void whenProcessedAheadOfTimeThenTheStartDecides() {
		new ApplicationContextRunner().withSystemProperties(AbstractAotProcessor.AOT_PROCESSING + "=true")
			.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
					GracefulSystemdAutoConfiguration.class, GracefulPm2AutoConfiguration.class,
					GracefulS6AutoConfiguration.class, GracefulReadinessFileAutoConfiguration.class,
					GracefulSupervisorAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.containsBeanDefinition("gracefulSystemdSupervisor")).isTrue();
				assertThat(context.containsBeanDefinition("gracefulPm2Supervisor")).isTrue();
				assertThat(context.containsBeanDefinition("gracefulPm2KillTimeout")).isTrue();
				assertThat(context.containsBeanDefinition("gracefulS6Supervisor")).isTrue();
				assertThat(context.containsBeanDefinition("gracefulFileSupervisor")).isTrue();
				assertThat(context.getBeanProvider(Supervisor.class)).isEmpty();
				assertThat(context.getBeanProvider(KillTimeout.class)).isEmpty();
				assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
					.doesNotContain("graceful-start", "graceful-systemd");
			});
	}

	@Test
	void whenThereIsNoSocketThenNothingIsThere() {
		this.runner.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(Supervisor.class)
			.doesNotHaveBean(Supervisors.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "graceful.enabled=false", "graceful.supervisor.systemd.enabled=false",
			WaitingPolicy.TEST_PROPERTY + "=true" })
	void whenDisabledOrInATestThenNothingIsSent(String property) {
		try (DatagramReceiver receiver = new DatagramReceiver(socket())) {
			this.runner.withPropertyValues("NOTIFY_SOCKET=" + socket(), "WATCHDOG_USEC=100000", property)
				.run((context) -> {
					AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
					assertThat(context).hasNotFailed()
						.doesNotHaveBean(Supervisor.class)
						.doesNotHaveBean(Supervisors.class);
				});
			assertThat(receiver.received()).isEmpty();
		}
	}

	/**
	 * As for a restart in the JVM, of which systemd would kill what goes on.
	 */
	@Test
	void whenOnlyTheContextClosesThenSystemdIsNotToldThatTheServiceStops() {
		try (DatagramReceiver receiver = new DatagramReceiver(socket())) {
			for (int i = 0; i < 2; i++) {
				this.runner.withPropertyValues("NOTIFY_SOCKET=" + socket())
					.run((context) -> AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC));
			}
			Awaitility.await()
				.untilAsserted(() -> assertThat(receiver.received()).filteredOn("READY=1"::equals).hasSize(2));
			assertThat(receiver.received()).doesNotContain("STOPPING=1");
		}
	}

	@Test
	void whenApplicationStartsAndStopsThenSystemdIsTold(CapturedOutput output) {
		try (DatagramReceiver receiver = new DatagramReceiver(socket())) {
			this.runner.withPropertyValues("NOTIFY_SOCKET=" + socket(), "WATCHDOG_USEC=2000000").run((context) -> {
				AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				await(receiver, "WATCHDOG=1");
				context.getBean(ShutdownSequence.class).start(StopReason.SIGTERM);
				context.getSourceApplicationContext(ConfigurableApplicationContext.class).close();
				await(receiver, "STOPPING=1");
			});
			List<String> received = receiver.received()
				.stream()
				.filter((message) -> !message.startsWith("STATUS=") && !message.startsWith("EXTEND"))
				.distinct()
				.toList();
			assertThat(received).containsExactly("READY=1", "WATCHDOG=1", "STOPPING=1");
			assertThat(receiver.received()).startsWith("STATUS=Starting").contains("STATUS=Ready");
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "vsock:2:1234", "/does/not/exist",
			"/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/012345678" })
	void whenTheSocketIsNoneThenWarnsOnceAndTheApplicationRuns(String name, CapturedOutput output) {
		this.runner.withPropertyValues("NOTIFY_SOCKET=" + name, "WATCHDOG_USEC=100000").run((context) -> {
			AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(context).hasNotFailed();
			Awaitility.await().untilAsserted(() -> assertThat(output).contains("WARN"));
		});
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("systemd cannot be notified of startup and shutdown: NOTIFY_SOCKET=" + name + " ");
	}

	@Test
	void whenSystemdWantsSignsOfLifeThenTheyAreAskedOfThisProcess() {
		String pid = "WATCHDOG_PID=" + ProcessHandle.current().pid();
		assertThat(watchdogTimeout("WATCHDOG_USEC=3000000")).isEqualTo(Duration.ofSeconds(3));
		assertThat(watchdogTimeout("WATCHDOG_USEC=3000000", pid)).isEqualTo(Duration.ofSeconds(3));
		assertThat(watchdogTimeout("WATCHDOG_USEC=3000000", "WATCHDOG_PID=1")).isNull();
		assertThat(watchdogTimeout(pid)).isNull();
		assertThat(watchdogTimeout()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "soon", "0", "-1", "1.5", "" })
	void whenThePeriodIsNoneThenWarnsOnceAndGivesNoSignOfLife(String period, CapturedOutput output) {
		try (DatagramReceiver receiver = new DatagramReceiver(socket())) {
			assertThat(watchdogTimeout("WATCHDOG_USEC=" + period)).isNull();
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("WATCHDOG_USEC=" + period + " is not a number of microseconds");
	}

	@Test
	void whenPatienceIsSetThenItCounts() {
		this.runner.withPropertyValues("NOTIFY_SOCKET=" + socket(), "graceful.supervisor.systemd.patience=3s")
			.run((context) -> assertThat(context.getBean(SystemdSupervisor.class).patience())
				.contains(Duration.ofSeconds(3)));
	}

	@Test
	void whenPatienceIsNegativeThenTheStartFailsAndSaysWhatToDo() {
		this.runner.withPropertyValues("NOTIFY_SOCKET=" + socket(), "graceful.supervisor.systemd.patience=-1s")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(ex) -> assertThat(ex.getName()).isEqualTo("graceful.supervisor.systemd.patience")));
	}

	private Duration watchdogTimeout(String... properties) {
		Duration[] timeout = new Duration[1];
		this.runner.withPropertyValues("NOTIFY_SOCKET=" + socket())
			.withPropertyValues(properties)
			.run((context) -> timeout[0] = context.getBean(SystemdSupervisor.class).watchdogTimeout().orElse(null));
		return timeout[0];
	}

	private static void await(DatagramReceiver receiver, String message) {
		Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2))
			.until(() -> receiver.received().contains(message));
	}

	private String socket() {
		return this.directory.resolve("notify").toString();
	}

}
