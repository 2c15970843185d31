package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.DrainParticipant.Role;
import io.github.gracefulboot.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.Lifecycle;
import org.springframework.context.SmartLifecycle;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShutdownPlan}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ShutdownPlanTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class))
		.withPropertyValues("graceful.shutdown.timeout=20s")
		.withBean("connections", DrainParticipant.class, () -> new Participant("connections", Role.RESOURCE))
		.withBean("executors", DrainParticipant.class, () -> new Participant("executors", Role.WORKER))
		.withBean("server", DrainParticipant.class, () -> new Participant("server", Role.INTAKE))
		.withBean("listeners", DrainParticipant.class, () -> new Participant("listeners", Role.INTAKE))
		.withBean("late", SmartLifecycle.class, () -> new Phase(Integer.MIN_VALUE))
		.withBean("low", SmartLifecycle.class, () -> new Phase(1))
		.withBean("high", SmartLifecycle.class, () -> new Phase(2));

	@Test
	void intakeComesBeforeWorkersAndTheseBeforeLifecycleBeansAndResources() {
		this.runner.run((context) -> {
			ShutdownPlan plan = context.getBean(ContextCloseListener.class).plan();
			assertThat(plan.steps()).containsExactly(
					new ShutdownPlan.Step(Stage.LAME_DUCK, "keep serving", null, List.of(), Duration.ofSeconds(10)),
					new ShutdownPlan.Step(Stage.DRAIN, "drain", null, List.of("server", "listeners"),
							Duration.ofSeconds(16)),
					new ShutdownPlan.Step(Stage.RELEASE, "drain", null, List.of("executors"),
							Duration.ofMillis(17_500)),
					new ShutdownPlan.Step(Stage.RELEASE, "stop", 2, List.of("high"), Duration.ofSeconds(19)),
					new ShutdownPlan.Step(Stage.RELEASE, "stop", 1, List.of("low"), Duration.ofSeconds(19)),
					new ShutdownPlan.Step(Stage.RELEASE, "drain", null, List.of("connections"), Duration.ofSeconds(19)),
					new ShutdownPlan.Step(Stage.EXIT, "stop", Integer.MIN_VALUE, List.of("late"),
							Duration.ofSeconds(20)),
					new ShutdownPlan.Step(Stage.EXIT, "destroy beans", null, List.of(), Duration.ofSeconds(20)));
			assertThat(plan.toString().lines()).element(3).isEqualTo("release    by      19 s  stop phase 2: high");
		});
	}

	@Test
	void whenTheStopBeginsThenThePlanIsPrintedOnce(CapturedOutput output) {
		this.runner.run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			context.close();
			assertThat(output).containsOnlyOnce(
					"Shutting down within 20 s (context closed): keep serving for up to 10 s; drain server, listeners; "
							+ "drain executors; stop 2 lifecycle beans; drain connections; stop 1 lifecycle bean; destroy beans");
		});
	}

	@Test
	void whenALifecycleBeanIsLazyThenPlanningDoesNotCreateIt() {
		this.runner.withBean("lazy", PlainLifecycle.class, () -> {
			throw new IllegalStateException("Created");
		}, (definition) -> definition.setLazyInit(true))
			.run((context) -> assertThat(context.getBean(ContextCloseListener.class).plan().toString())
				.doesNotContain("lazy"));
	}

	private record Participant(String name, Role role) implements DrainParticipant {

		@Override
		public Collection<ActiveTask> activeTasks() {
			return List.of();
		}

		@Override
		public void drain(Deadline deadline) {
		}

	}

	private interface PlainLifecycle extends Lifecycle {

	}

	private record Phase(int getPhase) implements SmartLifecycle {

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return true;
		}

	}

}
