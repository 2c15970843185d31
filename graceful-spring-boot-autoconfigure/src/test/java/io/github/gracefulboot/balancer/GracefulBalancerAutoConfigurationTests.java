package io.github.gracefulboot.balancer;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.LoadBalancer;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.shutdown.FixedHandOver;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.HandOver;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.traffic.ToldBalancer;
import io.github.gracefulboot.traffic.ToldBalancer.Answer;
import io.github.gracefulboot.traffic.Traffic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulBalancerAutoConfiguration}, with load balancers that write
 * down what they hear.
 */
@ExtendWith(OutputCaptureExtension.class)
class GracefulBalancerAutoConfigurationTests {

	private final Balancer balancer = new Balancer();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("graceful.shutdown.timeout=4s")
		.withConfiguration(
				AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, GracefulBalancerAutoConfiguration.class))
		.withBean("edge", LoadBalancer.class, () -> this.balancer);

	@Test
	void whenReadinessChangesThenIsToldAndAsked() {
		this.runner.run((context) -> {
			publish(context, ReadinessState.REFUSING_TRAFFIC);
			publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			hears("ready");
			assertThat(told(context).answer()).isEqualTo(Answer.UNKNOWN);
			publish(context, ReadinessState.REFUSING_TRAFFIC);
			hears("ready", "drain");
			answers(context, Answer.DRAINING);
			this.balancer.drained = true;
			answers(context, Answer.DRAINED);
			publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			hears("ready", "drain", "ready");
			answers(context, Answer.UNKNOWN);
			assertThat(told(context)).hasToString("edge");
			assertThat(told(context).isAt("192.0.2.1")).isTrue();
			assertThat(told(context).isAt("192.0.2.2")).isFalse();
		});
	}

	@Test
	void whenAShutdownBeginsLongAfterItWasToldThenIsToldAgain() {
		this.runner.run((context) -> {
			publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			hears("ready");
			this.balancer.drained = true;
			publish(context, ReadinessState.REFUSING_TRAFFIC);
			answers(context, Answer.DRAINED);
			context.getBean(LoadBalancers.class).announceStop(Deadline.after(System::nanoTime, Duration.ofSeconds(9)));
			hears("ready", "drain");
			soon(() -> {
				context.getBean(LoadBalancers.class)
					.announceStop(Deadline.after(System::nanoTime, Duration.ofSeconds(9)));
				assertThat(this.balancer.heard).startsWith("ready", "drain", "drain");
			});
		});
	}

	@Test
	void whenOthersServeThePortOnThenItIsNotToldOfAShutdown() {
		this.runner.withBean(HandOver.BEAN, HandOver.class, FixedHandOver::new).run((context) -> {
			publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			hears("ready");
			publish(context, ReadinessState.REFUSING_TRAFFIC);
			hears("ready", "drain");
			publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			hears("ready", "drain", "ready");
			context.getBean(ShutdownSequence.class).start(StopReason.HAND_OVER);
			publish(context, ReadinessState.REFUSING_TRAFFIC);
			assertThat(told(context).answer()).isEqualTo(Answer.UNKNOWN);
			context.close();
		});
		assertThat(this.balancer.heard).containsExactly("ready", "drain", "ready");
	}

	@Test
	void whenItsAnswerIsHostileThenItForgesNoLineOfTheLog(CapturedOutput output) {
		this.balancer.failure = new IOException("no\n2026-01-01 INFO forged");
		this.runner.run((context) -> {
			publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			soon(() -> assertThat(output).contains("tried again each second: no?2026-01-01 INFO forged"));
			this.balancer.failure = null;
			hears("ready");
		});
	}

	@Test
	void whenItFailsThenIsToldAgainUntilItSucceeds(CapturedOutput output) {
		this.balancer.failure = new IOException("Connection refused");
		this.runner.run((context) -> {
			publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			soon(() -> assertThat(output).contains("edge could not be told to send requests, which is tried again each "
					+ "second: Connection refused"));
			soon(() -> assertThat(this.balancer.tries).hasSizeGreaterThan(1));
			this.balancer.failure = null;
			hears("ready");
			soon(() -> assertThat(output).contains("edge was finally told to send requests"));
		});
		assertThat(output).containsOnlyOnce("could not be told");
	}

	@Test
	void whenItHangsThenTheShutdownGoesOnWithoutIt() {
		this.balancer.hang = new CountDownLatch(1);
		this.runner.withPropertyValues("graceful.lame-duck.enabled=true").run((context) -> {
			publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			publish(context, ReadinessState.REFUSING_TRAFFIC);
			assertThat(told(context).answer()).isEqualTo(Answer.PENDING);
			soon(() -> assertThat(told(context).answer()).isEqualTo(Answer.UNKNOWN));
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			context.close();
			assertThat(shutdown.finish().isClean()).isTrue();
		});
		this.balancer.hang.countDown();
	}

	@Test
	void whenTheContextHasClosedThenNoThreadIsLeft() {
		this.balancer.failure = new IllegalStateException("never");
		this.runner.run((context) -> {
			publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			soon(() -> assertThat(this.balancer.tries).isNotEmpty());
		});
		soon(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.doesNotContain("graceful-balancer-edge"));
	}

	@Test
	void whenInATestThenNobodyIsTold() {
		this.runner.withPropertyValues(WaitingPolicy.TEST_PROPERTY + "=true")
			.run((context) -> assertThat(context).doesNotHaveBean(LoadBalancers.class));
	}

	private void hears(String... words) {
		soon(() -> assertThat(this.balancer.heard).containsExactly(words));
	}

	private static void answers(ApplicationContext context, Answer answer) {
		soon(() -> assertThat(told(context).answer()).isEqualTo(answer));
	}

	private static void soon(Runnable assertion) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(assertion::run);
	}

	private static ToldBalancer told(ApplicationContext context) {
		return context.getBean(Traffic.class).balancers().get(0);
	}

	private static void publish(AssertableApplicationContext context, ReadinessState state) {
		AvailabilityChangeEvent.publish(context.getSourceApplicationContext(), state);
	}

	private static final class Balancer implements LoadBalancer {

		private final List<String> heard = new CopyOnWriteArrayList<>();

		private final List<String> tries = new CopyOnWriteArrayList<>();

		private volatile boolean drained;

		private volatile Exception failure;

		private volatile CountDownLatch hang;

		@Override
		public void drain() throws Exception {
			hear("drain");
		}

		@Override
		public void ready() throws Exception {
			hear("ready");
		}

		private void hear(String word) throws Exception {
			this.tries.add(word);
			if (this.failure != null) {
				throw this.failure;
			}
			if (this.hang != null) {
				this.hang.await();
			}
			this.heard.add(word);
		}

		@Override
		public boolean isDrained() {
			return this.drained;
		}

		@Override
		public boolean isAt(String address) {
			return address.equals("192.0.2.1");
		}

	}

}
