package io.github.gracefulboot.actuate;

import java.lang.management.ManagementFactory;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import javax.management.MBeanServer;
import javax.management.ObjectName;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.LoadBalancer;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.actuate.GracefulDescriptor.BalancerState;
import io.github.gracefulboot.actuate.GracefulDescriptor.ProberState;
import io.github.gracefulboot.actuate.GracefulDescriptor.StageState;
import io.github.gracefulboot.actuate.GracefulDescriptor.Step;
import io.github.gracefulboot.actuate.GracefulDescriptor.Task;
import io.github.gracefulboot.actuate.GracefulEndpoint.Answer;
import io.github.gracefulboot.actuate.GracefulEndpoint.Result;
import io.github.gracefulboot.balancer.GracefulBalancerAutoConfiguration;
import io.github.gracefulboot.readiness.GracefulReadinessAutoConfiguration;
import io.github.gracefulboot.shutdown.FixedHandOver;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.HandOver;
import io.github.gracefulboot.shutdown.HandOver.Generation;
import io.github.gracefulboot.shutdown.ProcessStopper;
import io.github.gracefulboot.supervisor.GracefulSupervisorAutoConfiguration;
import io.github.gracefulboot.traffic.Client;
import io.github.gracefulboot.traffic.Peer;
import io.github.gracefulboot.traffic.ToldBalancer;
import io.github.gracefulboot.traffic.Traffic;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jmx.JmxEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.jmx.JmxAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulEndpoint}.
 */
class GracefulEndpointTests {

	private final List<String> told = new CopyOnWriteArrayList<>();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ApplicationAvailabilityAutoConfiguration.class,
				GracefulShutdownAutoConfiguration.class, GracefulReadinessAutoConfiguration.class,
				GracefulBalancerAutoConfiguration.class, GracefulSupervisorAutoConfiguration.class,
				GracefulEndpointAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=graceful", "graceful.shutdown.timeout=20s");

	@Test
	void whenRunningThenTellsWhatAShutdownWouldDo() {
		this.runner.withBean("mailQueue", DrainParticipant.class, () -> (deadline) -> {
		}).withBean("edge", LoadBalancer.class, () -> () -> {
		}).withBean("script", Supervisor.class, () -> new Supervisor() {
		}).run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			GracefulDescriptor state = state(context);
			assertThat(state.stage()).isEqualTo("running");
			assertThat(state.reason()).isNull();
			assertThat(state.readiness()).isEqualTo("ACCEPTING_TRAFFIC");
			assertThat(state.maintenance()).isFalse();
			assertThat(state.plan()).extracting(Step::stage)
				.startsWith("announce", "lame-duck", "drain")
				.endsWith("exit");
			assertThat(state.plan())
				.contains(new Step("drain", "drain", null, List.of("mailQueue"), Duration.ofSeconds(16)));
			assertThat(state.budget().total()).isEqualTo(Duration.ofSeconds(20));
			assertThat(state.budget().lameDuckMax()).isEqualTo(Duration.ofSeconds(10));
			assertThat(state.budget().remaining()).isNull();
			assertThat(state.balancers()).containsExactly(new BalancerState("edge", "unknown"));
			assertThat(state.supervisors()).containsExactly("script");
			assertThat(state.stages()).isEmpty();
		});
	}

	@Test
	void whenThePortWasHandedOverThenTellsFromWhomAndToWhom() {
		Generation before = new Generation(4711, Instant.EPOCH);
		Generation next = new Generation(4712, Instant.EPOCH);
		this.runner.run((context) -> assertThat(state(context))
			.extracting(GracefulDescriptor::takenOverFrom, GracefulDescriptor::handedOverTo)
			.containsOnlyNulls());
		this.runner.withBean(HandOver.BEAN, HandOver.class, () -> new FixedHandOver(true, before, next))
			.run((context) -> assertThat(state(context))
				.extracting(GracefulDescriptor::takenOverFrom, GracefulDescriptor::handedOverTo)
				.containsExactly(before, next));
	}

	@Test
	void whenWorkIsInHandThenTellsTheOldestFirstAndNotAll() {
		List<ActiveTask> tasks = IntStream.range(0, 150)
			.mapToObj((i) -> new ActiveTask("task " + i, Duration.ofMillis(i), Thread.currentThread()))
			.toList();
		this.runner.withBean(DrainParticipant.class, () -> new Busy(tasks)).run((context) -> {
			GracefulDescriptor state = state(context);
			assertThat(state.inFlightCount()).isEqualTo(150);
			assertThat(state.inFlight()).hasSize(100)
				.startsWith(new Task("task 149", Duration.ofMillis(149), Thread.currentThread().getName()))
				.extracting(Task::description)
				.endsWith("task 50");
		});
	}

	@Test
	void whenNothingIsKnownOfATaskThenItIsToldLast() {
		List<ActiveTask> tasks = List.of(new ActiveTask("queued", null, null),
				new ActiveTask("young", Duration.ofMillis(1), null));
		this.runner.withBean(DrainParticipant.class, () -> new Busy(tasks))
			.run((context) -> assertThat(state(context).inFlight())
				.containsExactly(new Task("young", Duration.ofMillis(1), null), new Task("queued", null, null)));
	}

	@Test
	void whenADescriptionIsHostileThenItIsOneShortLine() {
		List<ActiveTask> tasks = List
			.of(new ActiveTask("GET /a/b\n\u001b[31m\u202e\u2028" + "x".repeat(1000), null, null));
		this.runner.withBean(DrainParticipant.class, () -> new Busy(tasks))
			.run((context) -> assertThat(state(context).inFlight()).singleElement()
				.extracting(Task::description)
				.asString()
				.hasSize(203)
				.startsWith("GET /a/b??[31m??xxx")
				.endsWith("x..."));
	}

	@Test
	void whenClientsProbeThenTellsWhatTheyAreTakenFor() {
		AtomicLong now = new AtomicLong();
		Traffic traffic = new Traffic(now::get);
		traffic.addBalancer(new BalancerAtOneAddress());
		traffic.requestCame(() -> new Peer("192.0.2.2", false));
		for (int i = 0; i < 2; i++) {
			now.addAndGet(Duration.ofSeconds(1).toNanos());
			probe(traffic, "192.0.2.1", "kube-probe/1.33");
			probe(traffic, "192.0.2.2", "nginx");
			probe(traffic, "192.0.2.3", "Uptime-Kuma/1.23");
			probe(traffic, "192.0.2.4", "ELB-HealthChecker/2.0");
			probe(traffic, "192.0.2.5", "Envoy/HC");
			probe(traffic, "192.0.2.6", "who\r\nknows");
			probe(traffic, "192.0.2.7", null);
			probe(traffic, "127.0.0.1", "curl/8");
		}
		assertThat(traffic.activeProbers()).map((prober) -> ProberState.of(prober, traffic))
			.containsExactlyInAnyOrder(ready("192.0.2.1", "kube-probe/1.33", "kubelet"),
					ready("192.0.2.2", "nginx", "balancer"), ready("192.0.2.3", "Uptime-Kuma/1.23", "monitor"),
					ready("192.0.2.4", "ELB-HealthChecker/2.0", "balancer"), ready("192.0.2.5", "Envoy/HC", "balancer"),
					ready("192.0.2.6", "who??knows", "unknown"), ready("192.0.2.7", null, "balancer"),
					ready("127.0.0.1", "curl/8", "local"));
	}

	private static void probe(Traffic traffic, String address, String userAgent) {
		traffic.probeAnswered(new Client(address, userAgent), true);
	}

	private static ProberState ready(String address, String userAgent, String kind) {
		return new ProberState(address, userAgent, kind, Duration.ofSeconds(1), 0, 2);
	}

	@Test
	void whenShuttingDownThenTellsHowFarItIs() {
		List<GracefulDescriptor> states = new CopyOnWriteArrayList<>();
		this.runner.withPropertyValues("graceful.lame-duck.enabled=true").run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			((ConfigurableApplicationContext) context.getSourceApplicationContext())
				.addApplicationListener((ApplicationListener<StageChangedEvent>) (event) -> {
					if (event.getStage() == Stage.DRAIN) {
						states.add(state(context));
					}
				});
			context.close();
		});
		assertThat(states).singleElement().satisfies((state) -> {
			assertThat(state.stage()).isEqualTo("drain");
			assertThat(state.reason()).isEqualTo("context-closed");
			assertThat(state.readiness()).isEqualTo("REFUSING_TRAFFIC");
			assertThat(state.budget().remaining()).isPositive();
			assertThat(state.stages()).extracting(StageState::stage).containsExactly("announce", "lame-duck", "drain");
			assertThat(state.stages().get(0)).satisfies((announce) -> {
				assertThat(announce.took()).isNotNull();
				assertThat(announce.end()).isEqualTo("completed");
			});
			assertThat(state.stages().get(2)).satisfies((drain) -> {
				assertThat(drain.took()).isNull();
				assertThat(drain.end()).isNull();
			});
		});
	}

	@Test
	void whenLameDuckIsAskedForThenItIsTakenBackByResume() {
		this.runner.withBean("edge", LoadBalancer.class, TellingBalancer::new)
			.withBean("script", Supervisor.class, TellingSupervisor::new)
			.run((context) -> {
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				awaitTold("balancer: ready", "supervisor: accepting", "supervisor: ready");
				Result refused = act(context, "lame-duck");
				assertThat(refused.status()).isEqualTo(200);
				assertThat(refused.answer()).isEqualTo(new Answer("running", "REFUSING_TRAFFIC",
						"Readiness is refused until 'resume', and every request is still served"));
				awaitTold("balancer: drain", "supervisor: refusing");
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				assertThat(context.getBean(ApplicationAvailability.class).getReadinessState())
					.isEqualTo(ReadinessState.REFUSING_TRAFFIC);
				assertThat(state(context).maintenance()).isTrue();
				assertThat(act(context, "lame-duck").answer().message()).startsWith("Traffic is refused already");
				this.told.clear();
				Result resumed = act(context, "resume");
				assertThat(resumed.status()).isEqualTo(200);
				assertThat(resumed.answer())
					.isEqualTo(new Answer("running", "ACCEPTING_TRAFFIC", "Traffic is accepted again"));
				awaitTold("balancer: ready", "supervisor: accepting");
				assertThat(context.getBean(ApplicationAvailability.class).getReadinessState())
					.isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
				assertThat(state(context).maintenance()).isFalse();
				assertThat(this.told).doesNotContain("supervisor: ready", "supervisor: stopping");
			});
	}

	private void awaitTold(String... messages) {
		Awaitility.await().untilAsserted(() -> assertThat(this.told).contains(messages));
	}

	@Test
	void whenThereIsNothingToTakeBackThenResumeChangesNothing() {
		this.runner.run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(act(context, "resume")).isEqualTo(new Result(200, new Answer("running", "ACCEPTING_TRAFFIC",
					"There is no lame duck to take back: nothing has changed")));
		});
	}

	@Test
	void whenTheApplicationRefusesTrafficByItselfThenResumeSaysSo() {
		this.runner.run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			act(context, "lame-duck");
			AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
			assertThat(act(context, "resume").answer()).satisfies((answer) -> {
				assertThat(answer.readiness()).isEqualTo("REFUSING_TRAFFIC");
				assertThat(answer.message()).contains("the application itself refuses traffic");
			});
		});
	}

	@Test
	void whenNotReadyYetThenThereIsNoLameDuck() {
		this.runner.run((context) -> {
			assertThat(act(context, "lame-duck")).satisfies((result) -> {
				assertThat(result.status()).isEqualTo(409);
				assertThat(result.answer().message()).contains("not been ready yet");
			});
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(state(context).readiness()).isEqualTo("ACCEPTING_TRAFFIC");
		});
	}

	@Test
	void whenAShutdownBeginsDuringMaintenanceThenItGoesOnAndIsNotTakenBack() {
		this.runner.withPropertyValues("graceful.lame-duck.enabled=true").run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			act(context, "lame-duck");
			GracefulEndpoint endpoint = context.getBean(GracefulEndpoint.class);
			context.close();
			for (String action : new String[] { "resume", "lame-duck" }) {
				assertThat(endpoint.perform(action)).satisfies((result) -> {
					assertThat(result.status()).isEqualTo(409);
					assertThat(result.answer().stage()).isEqualTo("exit");
					assertThat(result.answer().readiness()).isEqualTo("REFUSING_TRAFFIC");
					assertThat(result.answer().message()).startsWith("A shutdown has begun");
				});
			}
		});
	}

	@Test
	void whenStopIsAskedForThenTheProcessIsStopped() {
		this.runner
			.withBean(ProcessStopper.class, () -> (reason, source) -> this.told.add(reason.id() + " by " + source))
			.run((context) -> {
				assertThat(act(context, "stop").status()).isEqualTo(200);
				assertThat(this.told).containsExactly("endpoint by graceful endpoint");
				assertThat(context.getSourceApplicationContext().isActive()).isTrue();
			});
	}

	@Test
	void whenTheProcessIsNotOursThenStopClosesTheContext() {
		this.runner.run((context) -> {
			assertThat(act(context, "stop").answer().message()).isEqualTo("The application context closes");
			Awaitility.await().until(() -> !context.getSourceApplicationContext().isActive());
		});
	}

	@Test
	void whenTheActionIsUnknownThenSaysWhichThereAre() {
		this.runner.run((context) -> {
			for (String action : new String[] { null, "", "STOP", "drain" }) {
				assertThat(act(context, action)).satisfies((result) -> {
					assertThat(result.status()).isEqualTo(400);
					assertThat(result.answer().message())
						.isEqualTo("'action' has to be 'lame-duck', 'resume' or 'stop'");
				});
			}
		});
	}

	@Test
	void whenExposedOverJmxThenItIsReadAndWrittenThere() {
		withJmx("UNRESTRICTED").run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			MBeanServer server = ManagementFactory.getPlatformMBeanServer();
			ObjectName name = new ObjectName("org.springframework.boot:type=Endpoint,name=Graceful");
			assertThat(server.invoke(name, "graceful", new Object[0], new String[0]))
				.asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
				.containsEntry("stage", "running")
				.extractingByKey("budget", InstanceOfAssertFactories.map(String.class, Object.class))
				.containsEntry("total", "PT20S");
			assertThat(server.invoke(name, "act", new Object[] { "lame-duck" }, new String[] { "java.lang.String" }))
				.asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
				.containsEntry("readiness", "REFUSING_TRAFFIC");
		});
	}

	@Test
	void whenItIsNotOpenedThenThereIsNoWriteOverJmx() {
		withJmx(null).run((context) -> assertThat(ManagementFactory.getPlatformMBeanServer()
			.getMBeanInfo(new ObjectName("org.springframework.boot:type=Endpoint,name=Graceful"))
			.getOperations()).singleElement().extracting("name").isEqualTo("graceful"));
	}

	private ApplicationContextRunner withJmx(String access) {
		return this.runner
			.withConfiguration(AutoConfigurations.of(JmxAutoConfiguration.class, EndpointAutoConfiguration.class,
					JmxEndpointAutoConfiguration.class))
			.withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=graceful")
			.withPropertyValues((access != null) ? new String[] { "management.endpoint.graceful.access=" + access }
					: new String[0]);
	}

	@Test
	void whenItIsNotExposedThenThereIsNone() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=health")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("gracefulEndpoint")
				.doesNotHaveBean("gracefulEndpointWebExtension"));
	}

	@Test
	void whenSwitchedOffThenThereIsNone() {
		this.runner.withPropertyValues("graceful.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("gracefulEndpoint"));
	}

	@Test
	void whenActuatorIsAbsentThenThereIsNone() {
		this.runner.withClassLoader(new FilteredClassLoader(Endpoint.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("gracefulEndpoint"));
	}

	/**
	 * Spring Boot's annotations of operations bring the hints.
	 */
	@Test
	void whenInANativeImageThenItsRecordsCanBeWritten() {
		RuntimeHints hints = new RuntimeHints();
		new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, GracefulEndpoint.class,
				GracefulEndpointWebExtension.class);
		for (Class<?> type : List.of(GracefulDescriptor.class, Generation.class, Step.class, Task.class,
				GracefulDescriptor.BudgetShares.class, ProberState.class, BalancerState.class, StageState.class,
				Answer.class)) {
			for (RecordComponent component : type.getRecordComponents()) {
				assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(component.getAccessor()))
					.accepts(hints);
			}
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(type)
				.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(hints);
		}
	}

	private static GracefulDescriptor state(AssertableApplicationContext context) {
		return context.getBean(GracefulEndpoint.class).graceful();
	}

	private static Result act(AssertableApplicationContext context, String action) {
		return context.getBean(GracefulEndpoint.class).perform(action);
	}

	/**
	 * Has tasks in hand that do not end.
	 */
	private record Busy(List<ActiveTask> tasks) implements DrainParticipant {

		@Override
		public Collection<ActiveTask> activeTasks() {
			return this.tasks;
		}

		@Override
		public void drain(Deadline deadline) {
		}

	}

	private final class TellingBalancer implements LoadBalancer {

		@Override
		public void ready() {
			GracefulEndpointTests.this.told.add("balancer: ready");
		}

		@Override
		public void drain() {
			GracefulEndpointTests.this.told.add("balancer: drain");
		}

		@Override
		public boolean isDrained() {
			return true;
		}

	}

	private static final class BalancerAtOneAddress implements ToldBalancer {

		@Override
		public Answer answer() {
			return Answer.UNKNOWN;
		}

		@Override
		public boolean isAt(String address) {
			return address.equals("192.0.2.7");
		}

	}

	private final class TellingSupervisor implements Supervisor {

		@Override
		public void readiness(boolean accepting) {
			GracefulEndpointTests.this.told.add(accepting ? "supervisor: accepting" : "supervisor: refusing");
		}

		@Override
		public void ready() {
			GracefulEndpointTests.this.told.add("supervisor: ready");
		}

		@Override
		public void stopping() {
			GracefulEndpointTests.this.told.add("supervisor: stopping");
		}

	}

}
