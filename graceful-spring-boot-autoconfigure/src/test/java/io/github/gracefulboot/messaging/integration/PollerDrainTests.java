package io.github.gracefulboot.messaging.integration;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.executor.GracefulExecutorAutoConfiguration;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.Pollers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulIntegrationAutoConfiguration}, with a real poller.
 */
class PollerDrainTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("graceful.shutdown.timeout=10s")
		.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
				GracefulExecutorAutoConfiguration.class, GracefulIntegrationAutoConfiguration.class))
		.withUserConfiguration(Flow.class);

	@Test
	void whenPollIsInHandThenItIsFinishedAndNoFurtherOneBegins() {
		this.runner.run((context) -> {
			Flow flow = context.getBean(Flow.class);
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			Awaitility.await().until(() -> flow.taken.get() > 0);
			context.close();
			assertThat(flow.interrupted).hasValue(0);
			assertThat(flow.handled).hasValue(flow.taken.get());
			assertThat(flow.takenAtRelease).isEqualTo(flow.taken.get());
			assertThat(shutdown.finish().isClean()).isTrue();
		});
	}

	@Test
	void whenItIsExcludedThenItPollsOn() {
		this.runner.withPropertyValues("graceful.messaging.exclude=source")
			.withBean(FurtherPoll.class)
			.run((context) -> {
				Flow flow = context.getBean(Flow.class);
				ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				Awaitility.await().until(() -> flow.taken.get() > 0);
				context.close();
				assertThat(shutdown.finish().isClean()).isTrue();
			});
	}

	@Test
	void whenTheStartWaitsThenNothingIsTaken() {
		this.runner.withConfiguration(AutoConfigurations.of(GracefulStartupAutoConfiguration.class))
			.withBean(LateCheck.class)
			.run((context) -> {
				assertThat(context.getBean(LateCheck.class).takenMeanwhile).isZero();
				AtomicInteger taken = context.getBean(Flow.class).taken;
				Awaitility.await().until(() -> taken.get() > 0);
			});
	}

	/**
	 * Drained as soon as a poll has begun after its own drain did.
	 */
	static class FurtherPoll implements DrainParticipant {

		private final Flow flow;

		FurtherPoll(Flow flow) {
			this.flow = flow;
		}

		@Override
		public void drain(Deadline deadline) throws Exception {
			int taken = this.flow.taken.get();
			assertThat(deadline.await(() -> this.flow.taken.get() > taken)).isTrue();
		}

	}

	/**
	 * Passes at its third attempt.
	 */
	static class LateCheck implements StartupCheck {

		private final Flow flow;

		private int attempts;

		private volatile int takenMeanwhile;

		LateCheck(Flow flow) {
			this.flow = flow;
		}

		@Override
		public String name() {
			return "late";
		}

		@Override
		public void check() {
			this.takenMeanwhile = this.flow.taken.get();
			this.attempts++;
			if (this.attempts < 3) {
				throw new IllegalStateException("Not yet");
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableIntegration
	static class Flow {

		private final AtomicInteger taken = new AtomicInteger();

		private final AtomicInteger handled = new AtomicInteger();

		private final AtomicInteger interrupted = new AtomicInteger();

		private volatile int takenAtRelease;

		@Bean
		IntegrationFlow flow() {
			return IntegrationFlow
				.fromSupplier(this.taken::incrementAndGet,
						(source) -> source.id("source").poller(Pollers.fixedDelay(Duration.ofMillis(5))))
				.handle((message) -> handle())
				.get();
		}

		private void handle() {
			try {
				new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS);
				this.handled.incrementAndGet();
			}
			catch (InterruptedException ex) {
				this.interrupted.incrementAndGet();
				Thread.currentThread().interrupt();
			}
		}

		@EventListener
		void stageChanged(StageChangedEvent event) {
			if (event.getStage() == Stage.RELEASE) {
				this.takenAtRelease = this.taken.get();
			}
		}

	}

}
