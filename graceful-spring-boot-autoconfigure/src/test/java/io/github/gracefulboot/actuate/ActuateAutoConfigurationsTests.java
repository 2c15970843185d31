package io.github.gracefulboot.actuate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.shutdown.FixedHandOver;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.HandOver;
import io.github.gracefulboot.shutdown.HandOver.Generation;
import io.github.gracefulboot.traffic.Readiness;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link GracefulHealthAutoConfiguration} and
 * {@link GracefulMetricsAutoConfiguration}.
 */
class ActuateAutoConfigurationsTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, GracefulHealthAutoConfiguration.class,
						GracefulMetricsAutoConfiguration.class, MetricsAutoConfiguration.class))
		.withBean(MeterRegistry.class, () -> this.registry);

	@Test
	void whenRunningThenHealthIsUpAndTellsTheStage() {
		this.runner.run((context) -> assertThat(context.getBean(GracefulHealthIndicator.class).health()).satisfies(
				(health) -> assertThat(health.getStatus()).isEqualTo(Status.UP),
				(health) -> assertThat(health.getDetails()).containsEntry("stage", "running")
					.doesNotContainKey("remainingMillis")));
	}

	@Test
	void whenStoppingThenHealthIsOutOfServiceAndTellsWhatIsLeft() {
		this.runner.run((context) -> {
			GracefulHealthIndicator indicator = context.getBean(GracefulHealthIndicator.class);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			context.close();
			assertThat(indicator.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
			assertThat(indicator.health().getDetails()).containsEntry("stage", "exit").containsKey("remainingMillis");
		});
	}

	@Test
	void whenThePortWasHandedOverThenHealthTellsFromWhomAndToWhom() {
		HandOver handOver = new FixedHandOver(true, new Generation(4711, Instant.EPOCH),
				new Generation(4712, Instant.EPOCH));
		this.runner.withBean(HandOver.BEAN, HandOver.class, () -> handOver)
			.run((context) -> assertThat(context.getBean(GracefulHealthIndicator.class).health().getDetails())
				.containsEntry("takenOverFrom", 4711L)
				.containsEntry("handedOverTo", 4712L));
		this.runner.run((context) -> assertThat(context.getBean(GracefulHealthIndicator.class).health().getDetails())
			.doesNotContainKeys("takenOverFrom", "handedOverTo"));
	}

	@Test
	void whenInMaintenanceThenHealthIsOutOfServiceThoughItRuns() {
		this.runner.run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			context.getBean(Readiness.class).beginMaintenance();
			Health health = context.getBean(GracefulHealthIndicator.class).health();
			assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
			assertThat(health.getDetails())
				.containsExactlyInAnyOrderEntriesOf(Map.of("stage", "running", "maintenance", true));
		});
	}

	@Test
	void whenStoppedThenEachStageWasTimed() {
		this.runner.run((context) -> {
			SimpleMeterRegistry open = new SimpleMeterRegistry();
			context.getBean(GracefulMetrics.class).bindTo(open);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			context.close();
			for (String stage : new String[] { "announce", "lame-duck", "drain" }) {
				assertThat(timer(this.registry, stage).count()).isOne();
				assertThat(timer(open, stage).count()).isOne();
			}
			assertThat(timer(open, "release").count()).isOne();
		});
	}

	private static Timer timer(MeterRegistry registry, String stage) {
		return registry.get("graceful.stage").tag("stage", stage).tag("reason", "context-closed").timer();
	}

	@Test
	void whenStoppedThenItWasCountedAndRegistriesAreClosedInTheEnd() {
		this.runner.run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(this.registry.get("graceful.ready.time").timeGauge().value(TimeUnit.SECONDS)).isPositive();
			assertThat(this.registry.get("graceful.stage.active").tag("stage", "running").gauge().value()).isOne();
			context.close();
			assertThat(this.registry.get("graceful.shutdowns")
				.tag("outcome", "clean")
				.tag("reason", "context-closed")
				.counter()
				.count()).isOne();
			assertThat(timer(this.registry, "release").count()).isOne();
			assertThat(
					this.registry.get("graceful.stage").tag("stage", "lame-duck").tag("end", "nobody").timer().count())
				.isOne();
			assertThat(this.registry.isClosed()).isTrue();
		});
	}

	@Test
	void whenNeverReadyThenRegistriesAreClosedToo() {
		this.runner.run((context) -> {
			AtomicBoolean closed = new AtomicBoolean();
			((ConfigurableApplicationContext) context.getSourceApplicationContext())
				.addApplicationListener((ContextClosedEvent event) -> closed.set(this.registry.isClosed()));
			context.close();
			assertThat(closed).isTrue();
			assertThat(Metrics.globalRegistry.getRegistries()).doesNotContain(this.registry);
		});
	}

	@Test
	void whenThereIsAnObservationRegistryThenTheShutdownAndItsStagesAreObserved() {
		ObservationRegistry observations = ObservationRegistry.create();
		List<Observation.Context> stopped = new ArrayList<>();
		observations.observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public void onStop(Observation.Context context) {
				stopped.add(context);
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		this.runner.withBean(ObservationRegistry.class, () -> observations).run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(stopped).isEmpty();
			context.close();
			assertThat(stopped).extracting(Observation.Context::getName, (stage) -> tags(stage).get("stage"))
				.containsExactly(tuple("graceful.shutdown.stage", "announce"),
						tuple("graceful.shutdown.stage", "lame-duck"), tuple("graceful.shutdown.stage", "drain"),
						tuple("graceful.shutdown.stage", "release"), tuple("graceful.shutdown", null));
			assertThat(tags(stopped.get(1))).containsEntry("end", "nobody")
				.containsEntry("detail", "no requests so far");
			assertThat(tags(stopped.get(4))).containsExactlyInAnyOrderEntriesOf(
					Map.of("reason", "context-closed", "outcome", "clean", "source", "context closed", "lost", "0"));
			assertThat(stopped.get(0).getParentObservation()).isNotNull();
			Stream.of(GracefulObservation.values())
				.flatMap((documented) -> Stream.concat(Stream.of(documented.getLowCardinalityKeyNames()),
						Stream.of(documented.getHighCardinalityKeyNames())))
				.forEach((key) -> assertThat(stopped)
					.anySatisfy((observed) -> assertThat(tags(observed)).containsKey(key.asString())));
		});
	}

	private static Map<String, String> tags(Observation.Context context) {
		Map<String, String> tags = new HashMap<>();
		context.getAllKeyValues().forEach((tag) -> tags.put(tag.getKey(), tag.getValue()));
		return tags;
	}

	@Test
	void whenParticipantHasWorkInHandThenItsGaugeTells() {
		this.runner.withBean(DrainParticipant.class, BusyParticipant::new)
			.run((context) -> assertThat(
					this.registry.get("graceful.tasks.active").tag("participant", "busy").gauge().value())
				.isEqualTo(2));
	}

	@Test
	void whenHealthIsDisabledThenThereIsNone() {
		this.runner.withPropertyValues("management.health.graceful.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(GracefulHealthIndicator.class));
	}

	@Test
	void whenHealthIsDisabledByDefaultThenThereIsNone() {
		this.runner.withPropertyValues("management.health.defaults.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(GracefulHealthIndicator.class));
	}

	@Test
	void whenParticipantIsALambdaThenItsGaugeGoesByTheNameOfItsBean() {
		this.runner.withBean("mailQueue", DrainParticipant.class, () -> (deadline) -> {
		})
			.run((context) -> assertThat(
					this.registry.get("graceful.tasks.active").tag("participant", "mailQueue").gauge().value())
				.isZero());
	}

	@Test
	void whenHealthAndMicrometerAreAbsentThenThereIsNeither() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
					GracefulHealthAutoConfiguration.class, GracefulMetricsAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(HealthIndicator.class, MeterBinder.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("gracefulHealthIndicator")
				.doesNotHaveBean("gracefulMetrics"));
	}

	/**
	 * Has two tasks in hand.
	 */
	private static final class BusyParticipant implements DrainParticipant {

		@Override
		public String name() {
			return "busy";
		}

		@Override
		public List<ActiveTask> activeTasks() {
			ActiveTask task = new ActiveTask("task", null, null);
			return List.of(task, task);
		}

		@Override
		public void drain(Deadline deadline) {
		}

	}

}
