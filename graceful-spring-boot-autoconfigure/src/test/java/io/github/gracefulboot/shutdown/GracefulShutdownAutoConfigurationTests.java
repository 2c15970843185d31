package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import com.example.Registration;
import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Background;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import io.github.gracefulboot.StopReason;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.aop.ClassFilter;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.support.ComposablePointcut;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulShutdownAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class GracefulShutdownAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class));

	@Test
	void whenTheHandOverDoesNotExistYetThenItIsNotCreatedByWhoAsks() {
		this.runner.withBean(HandOver.BEAN, HandOver.class, () -> {
			throw new IllegalStateException("Created");
		}, (definition) -> definition.setLazyInit(true)).run((context) -> {
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			assertThat(shutdown.getTakenOverFrom()).isNull();
			shutdown.start(StopReason.SIGTERM);
			assertThat(shutdown.isPortServedOn()).isFalse();
		});
	}

	@Test
	void whenInitializationIsLazyThenWhoTakesPartInAShutdownIsCreatedAllTheSame() {
		int before = Registration.CREATED.get();
		this.runner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withBean(Registration.class)
			.run((context) -> assertThat(Registration.CREATED).hasValue(before + 1));
	}

	@Test
	void whenTheLifecycleWasStoppedBeforeThenTheShutdownWaitsForWorkAllTheSame(CapturedOutput output) {
		CountDownLatch done = new CountDownLatch(1);
		this.runner.withBean("worker", DrainParticipant.class, () -> (deadline) -> done.await()).run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			context.getSourceApplicationContext(ConfigurableApplicationContext.class).stop();
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			CompletableFuture<Void> closed = Background.run(context::close);
			Awaitility.await().until(() -> shutdown.getTimeWithoutProgress().compareTo(Duration.ofSeconds(2)) > 0);
			assertThat(closed).isNotDone();
			done.countDown();
			assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
			assertThat(shutdown.getStage()).isEqualTo(Stage.EXIT);
			assertThat(output).contains("Shutdown completed");
		});
	}

	@Test
	void whenAParticipantCannotBeCreatedThenItsWorkIsNamed() {
		this.runner.withBean("queue", DrainParticipant.class, () -> {
			throw new IllegalStateException("no connection");
		}, (definition) -> definition.setLazyInit(true)).run((context) -> {
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			ready(context);
			context.getSourceApplicationContext(ConfigurableApplicationContext.class).close();
			assertThat(shutdown.finish().cutOff()).containsExactly("the work of 'queue', which could not be created");
		});
	}

	@Test
	void whenTheApplicationHasABeanOfTheUsualNameThenBothAreThere() {
		this.runner.withBean("gracefulShutdown", String.class, () -> "own")
			.run((context) -> assertThat(context).hasSingleBean(ShutdownSequence.class)
				.getBean("gracefulShutdown")
				.isEqualTo("own"));
	}

	@Test
	void whenAnAspectMatchesItsBeansThenTheStartDoesNotFail() {
		ComposablePointcut own = new ComposablePointcut(
				(ClassFilter) (type) -> type.getPackage() == ShutdownSequence.class.getPackage()
						&& !type.isAnnotationPresent(AutoConfiguration.class));
		MethodInterceptor passing = MethodInvocation::proceed;
		this.runner.withBean(DefaultAdvisorAutoProxyCreator.class, () -> {
			DefaultAdvisorAutoProxyCreator creator = new DefaultAdvisorAutoProxyCreator();
			creator.setProxyTargetClass(true);
			return creator;
		})
			.withBean(DefaultPointcutAdvisor.class, () -> new DefaultPointcutAdvisor(own, passing))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenNothingIsSetThenTheBudgetIsThirtySeconds() {
		this.runner.run((context) -> assertThat(context.getBean(ShutdownSequence.class).getBudget()).isEqualTo(
				new Budget(Duration.ofSeconds(30), Duration.ofSeconds(15), Duration.ofSeconds(6), Duration.ofDays(1))));
	}

	@Test
	void whenDisabledThenNothingIsThere() {
		this.runner.withPropertyValues("graceful.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ShutdownSequence.class)
				.doesNotHaveBean(ContextCloseListener.class));
	}

	@Test
	void whenContextWasReadyThenClosingItRunsTheStages() {
		List<Stage> stages = new ArrayList<>();
		this.runner.withBean("recorder", StageRecorder.class, () -> new StageRecorder(stages)).run((context) -> {
			ready(context);
			context.getSourceApplicationContext(ConfigurableApplicationContext.class).close();
			assertThat(stages).containsExactly(Stage.ANNOUNCE, Stage.LAME_DUCK, Stage.DRAIN, Stage.RELEASE, Stage.EXIT);
		});
	}

	@Test
	void whenContextNeverWasReadyThenClosingItRunsNoStage() {
		List<Stage> stages = new ArrayList<>();
		this.runner.withBean("recorder", StageRecorder.class, () -> new StageRecorder(stages)).run((context) -> {
			context.getSourceApplicationContext(ConfigurableApplicationContext.class).close();
			assertThat(stages).isEmpty();
		});
	}

	@Test
	void whenContextIsOnlyStoppedThenRunsNoStage() {
		List<Stage> stages = new ArrayList<>();
		this.runner.withBean("recorder", StageRecorder.class, () -> new StageRecorder(stages)).run((context) -> {
			ready(context);
			context.getSourceApplicationContext(ConfigurableApplicationContext.class).stop();
			assertThat(stages).isEmpty();
			assertThat(context.getBean(ShutdownSequence.class).getStage()).isEqualTo(Stage.RUNNING);
		});
	}

	@Test
	void whenChildContextClosesThenTheParentGoesOn() {
		this.runner.run((parent) -> {
			ready(parent);
			new ApplicationContextRunner().withParent(parent).run((child) -> {
			});
			assertThat(parent.getBean(ShutdownSequence.class).getStage()).isEqualTo(Stage.RUNNING);
		});
	}

	@Test
	void whenEventsAreMulticastAsynchronouslyThenTheStopStillComesFirst() {
		List<Stage> stages = new CopyOnWriteArrayList<>();
		this.runner.withBean("applicationEventMulticaster", SimpleApplicationEventMulticaster.class, () -> {
			SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster();
			multicaster.setTaskExecutor(new SimpleAsyncTaskExecutor());
			return multicaster;
		}).withBean("lifecycle", StoppingLifecycle.class, () -> new StoppingLifecycle(stages)).run((context) -> {
			ready(context);
			StoppingLifecycle lifecycle = context.getBean(StoppingLifecycle.class);
			lifecycle.shutdown = context.getBean(ShutdownSequence.class);
			context.getSourceApplicationContext(ConfigurableApplicationContext.class).close();
			assertThat(stages).containsExactly(Stage.RELEASE);
		});
	}

	@Test
	void whenPhaseHangsThenItIsLeftBehindInTimeToDestroyTheBeans() {
		HangingLifecycle hanging = new HangingLifecycle();
		this.runner.withPropertyValues("graceful.shutdown.timeout=400ms")
			.withBean("lifecycleProcessor", DefaultLifecycleProcessor.class, DefaultLifecycleProcessor::new)
			.withBean(HangingLifecycle.class, () -> hanging)
			.run((context) -> {
				ready(context);
				ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
				context.getSourceApplicationContext(ConfigurableApplicationContext.class).close();
				assertThat(hanging.destroyed).isTrue();
				assertThat(shutdown.getDeadline().remaining()).isLessThan(Duration.ofMillis(100));
			});
	}

	@Test
	void whileDrainingThenExecutorsStillTakeTheWorkOfRequestsInFlight() {
		List<String> results = new ArrayList<>();
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		this.runner.withBean(ThreadPoolTaskExecutor.class, () -> executor)
			.withBean("participant", DrainParticipant.class, () -> new SubmittingParticipant(executor, results))
			.run((context) -> {
				ready(context);
				context.getSourceApplicationContext(ConfigurableApplicationContext.class).close();
				assertThat(results).containsExactly("done while draining");
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			graceful.shutdown.timeout=0s | graceful.shutdown.timeout | longer than 0s
			graceful.shutdown.timeout=-1s | graceful.shutdown.timeout | longer than 0s
			graceful.shutdown.release-reserve=100% | graceful.shutdown.release-reserve | leaves no time
			graceful.lame-duck.min=-1s | graceful.lame-duck.min | cannot be negative
			graceful.lame-duck.max=-1s | graceful.lame-duck.max | cannot be negative
			graceful.lame-duck.quiet-period=-1ms | graceful.lame-duck.quiet-period | cannot be negative
			graceful.lame-duck.probes=0 | graceful.lame-duck.probes | at least 1
			graceful.lame-duck.max=30s,graceful.shutdown.timeout=30s | graceful.lame-duck.max | does not fit into
			graceful.lame-duck.min=40s,graceful.shutdown.timeout=30s | graceful.lame-duck.min | does not fit into
			graceful.lame-duck.min=4s,graceful.lame-duck.max=3s | graceful.lame-duck.min | longer than
			""")
	void whenPropertyCanNotWorkThenTheStartFailsAndSaysWhatToDo(String properties, String name, String reason) {
		this.runner.withPropertyValues(properties.split(",")).run((context) -> {
			Throwable failure = context.getStartupFailure();
			assertThat(failure).rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(ex) -> assertThat(ex.getName()).isEqualTo(name))
				.hasMessageContaining(reason);
		});
	}

	@Test
	void whenSupervisorKillsBeforeTheTimeoutThenTheBudgetEndsBeforeThat(CapturedOutput output) {
		this.runner.withBean(KillTimeout.class, () -> new FixedKillTimeout(Duration.ofSeconds(5)))
			.withBean("earlier", KillTimeout.class, () -> new FixedKillTimeout(Duration.ofSeconds(2)))
			.withBean("silent", KillTimeout.class, () -> new FixedKillTimeout(null))
			.run((context) -> {
				Budget budget = context.getBean(ShutdownSequence.class).getBudget();
				assertThat(budget).isEqualTo(new Budget(Duration.ofMillis(1700), Duration.ofMillis(850),
						Duration.ofMillis(340), Duration.ofMillis(1700)));
			});
		assertThat(output).contains("INFO")
			.containsOnlyOnce(
					"Shutdown timeout reduced from 30 s to 1.7 s to stay below kill timeout of 2 s of a test");
	}

	@Test
	void whenSupervisorKillsAfterTheTimeoutThenTheTimeoutCounts(CapturedOutput output) {
		this.runner.withPropertyValues("graceful.shutdown.timeout=3s")
			.withBean(KillTimeout.class, () -> new FixedKillTimeout(Duration.ofSeconds(5)))
			.run((context) -> assertThat(context.getBean(ShutdownSequence.class).getBudget().timeout())
				.isEqualTo(Duration.ofSeconds(3)));
		assertThat(output).doesNotContain("Shutdown timeout reduced");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					spring.lifecycle.timeout-per-shutdown-phase=90s | 112500
					spring.lifecycle.timeout-per-shutdown-phase=90s,graceful.shutdown.release-reserve=10% | 100000
					spring.lifecycle.timeout-per-shutdown-phase=10s | 30000
					spring.lifecycle.timeout-per-shutdown-phase=90s,graceful.shutdown.timeout=20s | 20000
					spring.grpc.server.shutdown.grace-period=1m | 75000
					spring.task.execution.shutdown.await-termination=true,spring.task.execution.shutdown.await-termination-period=48s | 60000
					spring.task.scheduling.shutdown.await-termination=true,spring.task.scheduling.shutdown.await-termination-period=48s | 60000
					spring.task.execution.shutdown.await-termination-period=48s | 30000
					spring.lifecycle.timeout-per-shutdown-phase=40s,spring.task.execution.shutdown.await-termination=true,spring.task.execution.shutdown.await-termination-period=20s | 75000
					""")
	void whenTheApplicationHasSetLongerTimeoutsThenTheBudgetFollowsUnlessItIsSet(String properties, long millis,
			CapturedOutput output) {
		this.runner.withPropertyValues(properties.split(","))
			.run((context) -> assertThat(context.getBean(ShutdownSequence.class).getBudget().timeout())
				.isEqualTo(Duration.ofMillis(millis)));
		assertThat(output.toString().contains("Shutdown timeout raised from 30 s")).isEqualTo(millis > 30000);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			K_SERVICE=orders | 9000 | reduced from 30 s to 9.0 s, since Cloud Run kills after 10 s by default
			K_SERVICE=orders,graceful.shutdown.timeout=20s | 20000 |
			K_SERVICE=orders,spring.lifecycle.timeout-per-shutdown-phase=4s | 9000 | reduced from 30 s to 9.0 s
			K_SERVICE=orders,spring.lifecycle.timeout-per-shutdown-phase=16s | 20000 | raised from 9.0 s to 20 s
			spring.main.cloud-platform=kubernetes | 29000 | since Kubernetes kills after 30 s by default
			spring.main.cloud-platform=none,K_SERVICE=orders | 30000 |
			""")
	void whenThePlatformKillsSoonerThenOnlyTheDefaultIsReduced(String properties, long millis, @Nullable String line,
			CapturedOutput output) {
		this.runner.withPropertyValues(properties.split(","))
			.run((context) -> assertThat(context.getBean(ShutdownSequence.class).getBudget().timeout())
				.isEqualTo(Duration.ofMillis(millis)));
		assertThat(output.toString().lines().filter((text) -> text.contains("Shutdown timeout ")))
			.hasSize((line != null) ? 1 : 0)
			.allSatisfy((text) -> assertThat(text).contains("INFO", line));
	}

	@Test
	void whenASupervisorSaysWhenItKillsThenThePlatformIsNotAsked() {
		this.runner.withPropertyValues("K_SERVICE=orders")
			.withBean(KillTimeout.class, () -> new FixedKillTimeout(Duration.ofSeconds(60)))
			.run((context) -> assertThat(context.getBean(ShutdownSequence.class).getBudget().timeout())
				.isEqualTo(Duration.ofSeconds(30)));
	}

	@Test
	void whenTheUsersLameDuckDoesNotFitBeforeTheKillThenItGivesWay() {
		this.runner.withPropertyValues("graceful.lame-duck.max=10s", "graceful.lame-duck.min=5s")
			.withBean(KillTimeout.class, () -> new FixedKillTimeout(Duration.ofSeconds(2)))
			.run((context) -> assertThat(context.getBean(ShutdownSequence.class).getBudget().lameDuckMax())
				.isEqualTo(Duration.ofMillis(1360)));
	}

	@ParameterizedTest
	@CsvSource({ "graceful.shutdown.timeout=3s", "graceful.lame-duck.max=40s", "graceful.lame-duck.min=20s" })
	void whenOnlyOnePropertyIsSetThenDefaultsGiveWay(String property) {
		this.runner.withPropertyValues(property).run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource({ "server.shutdown=immediate, false",
			"org.springframework.boot.test.context.SpringBootTestContextBootstrapper=true, false",
			"server.shutdown=graceful, true", "graceful.lame-duck.enabled=false, false" })
	void whenNobodyRoutesTrafficHereThenDoesNotWait(String property, boolean waits) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context.getBean(WaitingPolicy.class).waits()).isEqualTo(waits));
	}

	@Test
	void whenUserWantsTheLameDuckInATestThenItIsThere() {
		this.runner.withPropertyValues("server.shutdown=immediate", "graceful.lame-duck.enabled=true")
			.run((context) -> assertThat(context.getBean(WaitingPolicy.class))
				.isEqualTo(new WaitingPolicy(true, true, false, false, true, Duration.ofMillis(500))));
	}

	private static void ready(AssertableApplicationContext context) {
		AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
	}

	/**
	 * Kills after a time.
	 */
	private record FixedKillTimeout(@Nullable Duration duration) implements KillTimeout {

		@Override
		public Optional<Duration> untilKill() {
			return Optional.ofNullable(this.duration);
		}

		@Override
		public String source() {
			return "kill timeout of " + this.duration.toSeconds() + " s of a test";
		}

	}

	/**
	 * Records the stages.
	 */
	static class StageRecorder {

		private final List<Stage> stages;

		StageRecorder(List<Stage> stages) {
			this.stages = stages;
		}

		@EventListener
		void on(StageChangedEvent event) {
			this.stages.add(event.getStage());
		}

	}

	/**
	 * Needs an executor to finish its work.
	 */
	private record SubmittingParticipant(ThreadPoolTaskExecutor executor,
			List<String> results) implements DrainParticipant {

		@Override
		public String name() {
			return "submitter";
		}

		@Override
		public List<ActiveTask> activeTasks() {
			return List.of();
		}

		@Override
		public void drain(Deadline deadline) throws Exception {
			this.executor.submit(() -> this.results.add("done while draining")).get();
		}

	}

	/**
	 * Records the stage in which it is stopped.
	 */
	private static final class StoppingLifecycle implements SmartLifecycle {

		private final List<Stage> stages;

		private ShutdownSequence shutdown;

		private StoppingLifecycle(List<Stage> stages) {
			this.stages = stages;
		}

		@Override
		public void start() {
		}

		@Override
		public void stop() {
			this.stages.add(this.shutdown.getStage());
		}

		@Override
		public boolean isRunning() {
			return true;
		}

	}

	/**
	 * Never says that it has stopped.
	 */
	private static final class HangingLifecycle implements SmartLifecycle, DisposableBean {

		private boolean destroyed;

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public void stop(Runnable callback) {
		}

		@Override
		public boolean isRunning() {
			return true;
		}

		@Override
		public void destroy() {
			this.destroyed = true;
		}

	}

}
