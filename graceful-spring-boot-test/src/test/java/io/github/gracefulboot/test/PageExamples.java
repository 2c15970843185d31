package io.github.gracefulboot.test;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.test.balancer.Balancer;
import io.github.gracefulboot.test.balancer.RunningBalancer;
import io.github.gracefulboot.test.context.GracefulContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of {@code docs/testing.md}.
 */
abstract class PageExamples {

	Fleet fleet;

	abstract boolean rowExists(long number);

	abstract RunningBalancer startEnvoy(List<Integer> ports);

	void rows(Traffic traffic) {
		RestartResult result = traffic.post("/orders", Body.json((number) -> Map.of("id", number)))
			.during(() -> this.fleet.restartInTurn(Times.times(3), Signal.SIGTERM));
		assertThat(result).sentAtLeast(2_000).lostNothing(this::rowExists);
		assertThat(result.acknowledged()).allMatch(this::rowExists);
	}

	void beforeAndAfter(Traffic traffic) {
		RestartResult with = traffic.get("/orders")
			.during(() -> this.fleet.restartInTurn(Times.times(3), Signal.SIGTERM));
		try (Fleet plain = this.fleet.withoutGraceful().start()) {
			RestartResult without = traffic.to(plain)
				.get("/orders")
				.during(() -> plain.restartInTurn(Times.times(3), Signal.SIGTERM));
			assertThat(without).lostSomething();
			System.out.println(with.comparedWith(without));
		}
	}

	void ownBalancer(Traffic traffic) {
		Balancer envoy = (backends) -> startEnvoy(backends.ports());
		assertThat(traffic.get("/orders")
			.through(envoy)
			.during(() -> this.fleet.restartInTurn(Times.times(3), Signal.SIGTERM))).lostNothing();
	}

	void handOver() {
		try (Fleet single = this.fleet.handOver().start()) {
			RestartResult result = single.traffic().get("/orders").during(() -> single.replace(Times.times(3)));
			assertThat(result).lostNothing();
		}
	}

	void withoutProcesses() {
		new GracefulContextRunner().withPropertyValues("graceful.shutdown.timeout=25s")
			.withBean("orders", DrainParticipant.class, OrderQueue::new)
			.run((stop) -> {
				stop.begin().awaitStage(Stage.DRAIN).advance(Duration.ofSeconds(5));
				assertThat(stop.awaitEnd()).isForced().cutOff("orders");
			});
	}

	static final class OrderQueue implements DrainParticipant {

		@Override
		public void drain(Deadline deadline) throws InterruptedException {
			Thread.sleep(Duration.ofMinutes(5).toMillis());
		}

	}

}
