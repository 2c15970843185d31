package io.github.gracefulboot.supervisor;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StopReporter}, during a real stop.
 */
class StopReporterTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	private final RecordingSupervisor supervisor = new RecordingSupervisor();

	private final WorkInFlight work = new WorkInFlight();

	private final ApplicationContextRunner idle = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
				GracefulSupervisorAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class))
		.withBean(RecordingSupervisor.class, () -> this.supervisor)
		.withPropertyValues("graceful.lame-duck.enabled=false", "graceful.shutdown.timeout=20s");

	private final ApplicationContextRunner runner = this.idle.withBean(DrainParticipant.class, () -> this.work);

	@Test
	void whenStopGoesOnThenTellsTheStageAndWhatIsInFlight() {
		this.work.begin("GET /one", "GET /two", "GET /three", "GET /four", "GET /five");
		stop(() -> {
			soon().untilAsserted(() -> assertThat(this.supervisor.told())
				.anyMatch((message) -> message.matches("status Shutting down, stage drain, 1\\d s left: "
						+ "GET /one for 1.0 s; GET /two for 1.0 s; GET /three for 1.0 s; and 2 more")));
			this.work.end();
		});
		assertThat(this.supervisor.told()).contains("stopping");
	}

	@Test
	void whenThereIsNoProgressThenIsNotExtendedBeyondItsPatience() {
		this.supervisor.patience = Duration.ofMillis(800);
		this.work.begin("GET /slow");
		stop(() -> {
			soon().until(() -> this.supervisor.told().contains("extend"));
			this.supervisor.awaitNoMore("extend", Duration.ofMillis(1500));
		});
	}

	@Test
	void whenWorkEndsThenIsExtended() {
		this.supervisor.patience = Duration.ofMillis(800);
		this.work.begin("GET /1", "GET /2", "GET /3", "GET /4", "GET /5");
		stop(() -> {
			for (int i = 0; i < 4; i++) {
				long before = extensions();
				this.work.tasks.remove(0);
				soon().until(() -> extensions() > before);
			}
		});
	}

	@Test
	void whenWorkOnlyBeginsThenThatIsNoProgress() {
		this.supervisor.patience = Duration.ofMillis(300);
		this.work.begin("GET /0");
		stop(() -> {
			soon().untilAsserted(() -> assertThat(this.supervisor.told())
				.anyMatch((message) -> message.startsWith("status Shutting down, stage drain")));
			long extensions = this.supervisor.awaitNoMore("extend", Duration.ofSeconds(1));
			for (int i = 1; i <= 4; i++) {
				this.work.begin("GET /" + i);
				this.work.awaitLooks(2);
			}
			assertThat(extensions()).isEqualTo(extensions);
		});
	}

	@Test
	void whenBeansAreDestroyedThenGoesOn() {
		this.supervisor.patience = Duration.ofMillis(800);
		this.work.end();
		HangingBean hanging = new HangingBean();
		this.idle.withBean("hanging", HangingBean.class, () -> hanging)
			.withBean(DrainParticipant.class, () -> this.work)
			.run((context) -> {
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				CompletableFuture<?> closed = close(context.getSourceApplicationContext());
				soon().until(() -> this.supervisor.told()
					.stream()
					.filter((message) -> message.startsWith("status Shutting down, stage exit"))
					.count() > 2);
				this.supervisor.awaitNoMore("extend", Duration.ofMillis(1500));
				hanging.end.complete(null);
				closed.get();
			});
	}

	@Test
	void whenBudgetIsSpentThenIsNotExtendedAnyMore() {
		this.supervisor.patience = SOON;
		this.work.begin("GET /slow");
		HangingBean hanging = new HangingBean();
		this.runner.withPropertyValues("graceful.shutdown.timeout=700ms")
			.withBean("hanging", HangingBean.class, () -> hanging)
			.run((context) -> {
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				CompletableFuture<?> closed = close(context.getSourceApplicationContext());
				soon().until(() -> this.supervisor.told().contains("extend"));
				this.supervisor.awaitNoMore("extend", Duration.ofMillis(1500));
				assertThat(this.supervisor.told()).anyMatch((message) -> message.contains("stage exit, 0 ms left"));
				hanging.end.complete(null);
				closed.get();
			});
	}

	private void stop(Runnable meanwhile) {
		this.runner.run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			CompletableFuture<?> closed = close(context.getSourceApplicationContext());
			try {
				meanwhile.run();
			}
			finally {
				this.work.end();
				closed.get();
			}
		});
	}

	private static CompletableFuture<?> close(ApplicationContext context) {
		context.getBean(ShutdownSequence.class).start(StopReason.SIGTERM);
		return CompletableFuture.runAsync(((ConfigurableApplicationContext) context)::close,
				(task) -> new Thread(task, "closer").start());
	}

	private long extensions() {
		return this.supervisor.count("extend");
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(SOON).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
	}

	/**
	 * What a server would be doing.
	 */
	private static final class WorkInFlight implements DrainParticipant, DisposableBean {

		private final List<String> tasks = new CopyOnWriteArrayList<>();

		private final CompletableFuture<?> drained = new CompletableFuture<>();

		private final AtomicLong looks = new AtomicLong();

		private void begin(String... tasks) {
			this.tasks.addAll(List.of(tasks));
		}

		private void end() {
			this.tasks.clear();
			this.drained.complete(null);
		}

		private void awaitLooks(int more) {
			long expected = this.looks.get() + more;
			soon().until(() -> this.looks.get() > expected);
		}

		@Override
		public void destroy() {
		}

		@Override
		public String name() {
			return "server";
		}

		@Override
		public Collection<ActiveTask> activeTasks() {
			this.looks.incrementAndGet();
			return this.tasks.stream().map((task) -> new ActiveTask(task, Duration.ofSeconds(1), null)).toList();
		}

		@Override
		public void drain(Deadline deadline) throws Exception {
			this.drained.get();
		}

	}

	/**
	 * A bean that hangs when it is destroyed.
	 */
	private static final class HangingBean implements DisposableBean {

		private final CompletableFuture<?> end = new CompletableFuture<>();

		@Override
		public void destroy() {
			this.end.join();
		}

	}

}
