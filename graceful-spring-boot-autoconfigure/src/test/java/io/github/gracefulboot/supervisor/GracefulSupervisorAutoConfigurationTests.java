package io.github.gracefulboot.supervisor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.readiness.GracefulReadinessAutoConfiguration;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.HandOver;
import io.github.gracefulboot.shutdown.ProcessStopper;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.application.AvailabilityHealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulSupervisorAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class GracefulSupervisorAutoConfigurationTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	private final RecordingSupervisor supervisor = new RecordingSupervisor();

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, GracefulReadinessAutoConfiguration.class,
					GracefulSupervisorAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class));

	// The process goes on without its context, and gets signs of life for as long as a
	// start may take
	private final ApplicationContextRunner supervised = this.runner
		.withBean(RecordingSupervisor.class, () -> this.supervisor)
		.withPropertyValues("graceful.startup.timeout=1s");

	@AfterEach
	void whenAllIsOverThenNoThreadIsLeft() {
		soon().untilAsserted(() -> assertThat(threads()).isEmpty());
	}

	@Test
	void whenThereIsNoSupervisorThenNothingIsThere() {
		this.runner.run((context) -> {
			ready(context);
			assertThat(context).hasNotFailed()
				.doesNotHaveBean(Supervisors.class)
				.doesNotHaveBean(StartReporter.class)
				.doesNotHaveBean(StopReporter.class)
				.doesNotHaveBean(Watchdog.class)
				.doesNotHaveBean(LivenessCheck.class);
			assertThat(threads()).isEmpty();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "graceful.enabled=false", WaitingPolicy.TEST_PROPERTY + "=true" })
	void whenDisabledOrInATestThenNobodyIsTold(String property) {
		this.supervised.withPropertyValues(property).run((context) -> {
			ready(context);
			assertThat(context).hasNotFailed()
				.doesNotHaveBean(Supervisors.class)
				.doesNotHaveBean(StartReporter.class)
				.doesNotHaveBean(Watchdog.class);
			assertThat(threads()).isEmpty();
		});
		assertThat(this.supervisor.told()).isEmpty();
	}

	@Test
	void whenUserHasASupervisorThenItIsToldOfTheStartAndTheStop() {
		this.supervised.run((context) -> {
			assertThat(context).hasSingleBean(Supervisors.class);
			ready(context);
			close(context);
		});
		assertThat(this.supervisor.told()).filteredOn((message) -> !message.startsWith("status"))
			.containsExactly("open", "accepting", "ready", "refusing", "stopping");
		assertThat(this.supervisor.told()).contains("status Ready");
	}

	@Test
	void whenAnotherProcessTakesItsPlaceThenItIsToldThatAndNotOfTheStop() {
		AtomicReference<HandOver.Generation> next = new AtomicReference<>();
		this.supervised.withBean(HandOver.BEAN, HandOver.class, () -> new TestHandOver(next)).run((context) -> {
			ready(context);
			next.set(new HandOver.Generation(4711, Instant.EPOCH));
			close(context);
		});
		assertThat(this.supervisor.told()).filteredOn((message) -> !message.startsWith("status"))
			.containsExactly("open", "accepting", "ready", "handed over to 4711");
		assertThat(this.supervisor.told()).last().isEqualTo("handed over to 4711");
	}

	/**
	 * As where the port cannot be handed over, or the application was processed ahead of
	 * time.
	 */
	@Test
	void whenTheBeanOfTheHandOverIsNullThenSupervisorsAreToldAsUsual() {
		this.supervised.withUserConfiguration(NoHandOver.class).run((context) -> {
			ready(context);
			close(context);
		});
		assertThat(this.supervisor.told()).filteredOn((message) -> !message.startsWith("status"))
			.containsExactly("open", "accepting", "ready", "refusing", "stopping");
	}

	@Test
	void whenReadinessChangesThenTheStartIsStillOverOnlyOnce() {
		this.supervised.run((context) -> {
			refuse(context);
			ready(context);
			refuse(context);
			ready(context);
		});
		assertThat(messages()).startsWith("open", "accepting", "ready", "refusing", "accepting");
		assertThat(messages()).containsOnlyOnce("ready");
	}

	@Test
	void whenContextNeverWasReadyThenNeitherReadyNorStoppingIsSaid() {
		this.supervised.run(ConfigurableApplicationContext::close);
		assertThat(messages()).containsExactly("open");
	}

	@Test
	void whenThereIsADelayThenReadyIsSaidAfterIt() {
		this.supervised.withPropertyValues("graceful.ready.delay=300ms").run((context) -> {
			long since = System.nanoTime();
			ready(context);
			soon().until(() -> this.supervisor.told().contains("ready"));
			assertThat(Duration.ofNanos(System.nanoTime() - since)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
			assertThat(messages()).containsExactly("open", "accepting", "ready");
		});
	}

	@Test
	void whenStopBeginsDuringTheDelayThenReadyIsNotSaidAnyMore() {
		this.supervised.withPropertyValues("graceful.ready.delay=200ms", "graceful.lame-duck.min=800ms")
			.run((context) -> {
				ready(context);
				close(context);
			});
		assertThat(messages()).containsExactly("open", "accepting", "refusing", "stopping");
		List<String> told = this.supervisor.told();
		assertThat(told.subList(told.indexOf("stopping"), told.size()))
			.noneMatch((message) -> message.startsWith("status Accepting") || message.startsWith("status Starting"));
	}

	@Test
	void whenStartFailsThenNoThreadIsLeft() {
		this.supervised.withBean("broken", Object.class, () -> {
			throw new IllegalStateException("no database");
		}).run((context) -> assertThat(context).hasFailed());
		assertThat(messages()).containsExactly("open");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			graceful.ready.delay=-1s | graceful.ready.delay | cannot be negative
			graceful.ready.max=-1ms | graceful.ready.max | cannot be negative
			graceful.ready.probes=-1 | graceful.ready.probes | at least 0
			""")
	void whenPropertyCanNotWorkThenTheStartFailsAndSaysWhatToDo(String property, String name, String reason) {
		this.supervised.withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(ex) -> assertThat(ex.getName()).isEqualTo(name))
				.hasMessageContaining(reason));
	}

	@Test
	void whenSupervisorAsksForTheStopThenTheProcessIsStopped() {
		List<String> reasons = new CopyOnWriteArrayList<>();
		RecordingSupervisor asking = new RecordingSupervisor() {

			@Override
			public void listen(Consumer<String> stopRequests) {
				stopRequests.accept("a whim");
			}

		};
		this.runner.withBean(Supervisor.class, () -> asking)
			.withBean(ProcessStopper.class, () -> (reason, source) -> reasons.add(source))
			.run((context) -> soon().untilAsserted(() -> assertThat(reasons).containsExactly("a whim")));
	}

	@Test
	void whenSupervisorIsBrokenAllOverThenTheApplicationStartsAndStops(CapturedOutput output) {
		RecordingSupervisor broken = new RecordingSupervisor("broken") {

			@Override
			void tell(String message) {
				throw new IllegalStateException("broken " + message);
			}

			@Override
			public void open() {
			}

			@Override
			public Optional<Duration> patience() {
				throw new IllegalStateException("no patience");
			}

			@Override
			public Optional<Duration> watchdogTimeout() {
				throw new IllegalStateException("no timeout");
			}

		};
		this.supervised.withBean("broken", Supervisor.class, () -> broken).run((context) -> {
			assertThat(context).hasNotFailed();
			ready(context);
			close(context);
		});
		assertThat(messages()).containsExactly("open", "accepting", "ready", "refusing", "stopping");
		assertThat(output.getAll().lines().filter((line) -> line.contains("broken could not be notified"))).hasSize(1);
	}

	@Test
	void whenSupervisorWantsSignsOfLifeThenGetsThemOnlyAfterTheStart() {
		this.supervisor.watchdog = Duration.ofSeconds(2);
		this.supervised.withPropertyValues("graceful.ready.delay=200ms").run((context) -> {
			ready(context);
			soon().until(() -> this.supervisor.told().contains("alive"));
			assertThat(messages()).startsWith("open", "accepting", "ready", "alive");
		});
	}

	@Test
	void whenLivenessIsBrokenThenThereIsNoSignOfLife(CapturedOutput output) {
		this.supervisor.watchdog = Duration.ofSeconds(2);
		this.supervised.run((context) -> {
			ready(context);
			soon().until(() -> this.supervisor.told().contains("alive"));
			AvailabilityChangeEvent.publish(context, LivenessState.BROKEN);
			soon().untilAsserted(() -> assertThat(output).contains("its liveness state is BROKEN"));
			long before = this.supervisor.told().size();
			AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
			soon().until(() -> this.supervisor.told().size() > before);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "DOWN", "OUT_OF_SERVICE" })
	void whenLivenessGroupIsDownThenThereIsNoSignOfLife(String status) {
		Health[] health = { Health.up().build() };
		withHealth(this.supervised).withPropertyValues("management.endpoint.health.group.liveness.include=disk")
			.withBean("disk", HealthIndicator.class, () -> () -> health[0])
			.run((context) -> {
				LivenessCheck check = context.getBean("gracefulHealthCheck", LivenessCheck.class);
				assertThat(check.whyBroken()).isEmpty();
				health[0] = Health.status(status).build();
				assertThat(check.whyBroken()).contains("the health group 'liveness' is " + status);
				health[0] = Health.unknown().build();
				assertThat(check.whyBroken()).isEmpty();
			});
	}

	@Test
	void whenThereIsNoLivenessGroupThenHealthIsNoReasonToBeKilled() {
		withHealth(this.supervised).withPropertyValues("management.endpoint.health.probes.enabled=false")
			.withBean("disk", HealthIndicator.class, () -> () -> Health.down().build())
			.run((context) -> {
				assertThat(context).hasSingleBean(HealthEndpoint.class);
				assertThat(context.getBean("gracefulHealthCheck", LivenessCheck.class).whyBroken()).isEmpty();
			});
	}

	@Test
	void whenThereIsNoActuatorThenLivenessIsCheckedWithoutIt() {
		this.supervised.withClassLoader(new FilteredClassLoader(HealthEndpoint.class)).run((context) -> {
			ready(context);
			assertThat(context).hasNotFailed();
			assertThat(context.getBeansOfType(LivenessCheck.class)).containsOnlyKeys("gracefulDeadlockCheck",
					"gracefulAvailabilityCheck");
		});
		assertThat(messages()).contains("ready");
	}

	@Test
	void whenRealApplicationRunsThenTheUsersSupervisorIsTold(CapturedOutput output) {
		SpringApplication application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.build();
		application.setDefaultProperties(Map.of("graceful.shutdown.exit-codes", "false", "graceful.shutdown.force-exit",
				"false", "spring.main.lazy-initialization", "true"));
		RecordingSupervisor supervisor;
		try (ConfigurableApplicationContext context = application.run()) {
			supervisor = context.getBean(RecordingSupervisor.class);
			assertThat(supervisor.told()).startsWith("open");
			soon().until(() -> supervisor.told().contains("status Ready"));
			context.getBean(Supervisors.class).reload(() -> {
			});
		}
		assertThat(supervisor.told()).filteredOn((message) -> !message.startsWith("status"))
			.containsExactly("open", "accepting", "ready", "reloading", "ready", "refusing");
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).isEmpty();
	}

	private static ApplicationContextRunner withHealth(ApplicationContextRunner runner) {
		return runner.withConfiguration(AutoConfigurations.of(HealthEndpointAutoConfiguration.class,
				HealthContributorAutoConfiguration.class, HealthContributorRegistryAutoConfiguration.class,
				AvailabilityHealthContributorAutoConfiguration.class, AvailabilityProbesAutoConfiguration.class));
	}

	private List<String> messages() {
		return this.supervisor.told().stream().filter((message) -> !message.startsWith("status")).toList();
	}

	/*
	 * As a SpringApplication does.
	 */
	private static void ready(AssertableApplicationContext context) {
		AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
		AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
	}

	private static void refuse(AssertableApplicationContext context) {
		AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
	}

	private static void close(AssertableApplicationContext context) {
		context.getBean(ShutdownSequence.class).start(StopReason.SIGTERM);
		context.getSourceApplicationContext(ConfigurableApplicationContext.class).close();
	}

	private static List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("graceful-"))
			.toList();
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(SOON).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
	}

	/**
	 * An application as users write them.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static RecordingSupervisor supervisor() {
			return new RecordingSupervisor();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoHandOver {

		@Bean(HandOver.BEAN)
		@Nullable HandOver handOver() {
			return null;
		}

	}

	private record TestHandOver(AtomicReference<HandOver.Generation> next) implements HandOver {

		@Override
		public boolean isServedOn() {
			return this.next.get() != null;
		}

		@Override
		public HandOver.@Nullable Generation takenOverFrom() {
			return null;
		}

		@Override
		public HandOver.@Nullable Generation handedOverTo() {
			return this.next.get();
		}

	}

}
