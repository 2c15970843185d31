package io.github.gracefulboot.supervisor.pm2;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.posix.SocketPair;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.KillTimeout;
import io.github.gracefulboot.shutdown.ProcessStopper;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.supervisor.GracefulSupervisorAutoConfiguration;
import io.github.gracefulboot.supervisor.Supervisors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
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
 * Tests for {@link GracefulPm2AutoConfiguration}.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(OutputCaptureExtension.class)
class GracefulPm2AutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GracefulPm2AutoConfiguration.class, GracefulShutdownAutoConfiguration.class,
					GracefulSupervisorAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class));

	@Test
	void whenThereIsNoChannelThenNothingIsThere() {
		this.runner.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(Supervisor.class)
			.doesNotHaveBean(Supervisors.class)
			.doesNotHaveBean(KillTimeout.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "graceful.enabled=false", "graceful.supervisor.pm2.enabled=false",
			WaitingPolicy.TEST_PROPERTY + "=true" })
	void whenDisabledOrInATestThenNothingIsWritten(String property) {
		try (SocketPair channel = new SocketPair()) {
			this.runner
				.withPropertyValues("NODE_CHANNEL_FD=" + channel.descriptor(), "pm_id=0", "kill_timeout=5000", property)
				.run((context) -> {
					AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
					assertThat(context).hasNotFailed()
						.doesNotHaveBean(Supervisor.class)
						.doesNotHaveBean(Supervisors.class)
						.doesNotHaveBean(KillTimeout.class);
				});
			assertThat(channel.received()).isEmpty();
		}
	}

	@Test
	void whenReadyThenPm2IsToldAndItsShutdownMessageStopsTheProcess(CapturedOutput output) {
		List<String> reasons = new CopyOnWriteArrayList<>();
		try (SocketPair channel = new SocketPair()) {
			this.runner.withPropertyValues("NODE_CHANNEL_FD=" + channel.descriptor())
				.withBean(ProcessStopper.class, () -> (reason, source) -> reasons.add(source))
				.run((context) -> {
					assertThat(channel.received()).isEmpty();
					AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
					soon().until(channel::received, "\"ready\"\n"::equals);
					channel.send("\"shutdown\"\n");
					soon().untilAsserted(() -> assertThat(reasons).containsExactly("PM2's shutdown message"));
				});
			assertThat(channel.received()).isEqualTo("\"ready\"\n");
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).isEmpty();
	}

	@Test
	void whenPm2IsGoneThenTheProcessStopsOnlyIfTheUserWantsIt() {
		List<String> reasons = new CopyOnWriteArrayList<>();
		try (SocketPair channel = new SocketPair()) {
			this.runner
				.withPropertyValues("NODE_CHANNEL_FD=" + channel.descriptor(),
						"graceful.supervisor.pm2.exit-on-disconnect=true")
				.withBean(ProcessStopper.class, () -> (reason, source) -> reasons.add(source))
				.run((context) -> {
					channel.closePeer();
					soon().untilAsserted(() -> assertThat(reasons).hasSize(1));
				});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "3", "three", "123456" })
	void whenTheChannelIsNoneThenWarnsOnceAndTheApplicationRuns(String descriptor, CapturedOutput output) {
		this.runner.withPropertyValues("NODE_CHANNEL_FD=" + descriptor).run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(context).hasNotFailed();
			soon().untilAsserted(() -> assertThat(output).contains("WARN"));
		});
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("PM2 cannot be notified of startup and shutdown: NODE_CHANNEL_FD=" + descriptor + " is ");
	}

	@Test
	void whenPm2DoesNotSayWhenItKillsThenItsDefaultBoundsTheBudget(CapturedOutput output) {
		this.runner.withPropertyValues("pm_id=0")
			.run((context) -> assertThat(context.getBean(ShutdownSequence.class).getBudget().timeout())
				.isEqualTo(Duration.ofMillis(1300)));
		assertThat(output).contains("Shutdown timeout reduced from 30 s to 1.3 s to stay below PM2's kill_timeout");
	}

	@Test
	void whenPm2SaysWhenItKillsThenThatBoundsTheBudget() {
		this.runner.withPropertyValues("pm_id=12", "kill_timeout=10000")
			.run((context) -> assertThat(context.getBean(ShutdownSequence.class).getBudget().timeout())
				.isEqualTo(Duration.ofSeconds(9)));
	}

	@Test
	void whenKillTimeoutIsNotOfPm2ThenItIsIgnored() {
		this.runner.withPropertyValues("kill_timeout=10000")
			.run((context) -> assertThat(context).doesNotHaveBean(KillTimeout.class));
	}

	private static ConditionFactory soon() {
		return Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2));
	}

}
