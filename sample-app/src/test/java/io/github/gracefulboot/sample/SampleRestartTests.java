package io.github.gracefulboot.sample;

import java.time.Duration;
import java.util.Map;

import io.github.gracefulboot.test.Body;
import io.github.gracefulboot.test.Fleet;
import io.github.gracefulboot.test.Instance;
import io.github.gracefulboot.test.Instances;
import io.github.gracefulboot.test.Rate;
import io.github.gracefulboot.test.RestartResult;
import io.github.gracefulboot.test.Signal;
import io.github.gracefulboot.test.Times;
import io.github.gracefulboot.test.Traffic;
import io.github.gracefulboot.test.ZeroLossTest;
import io.github.gracefulboot.test.balancer.Balancer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@ZeroLossTest
class SampleRestartTests {

	@Instances
	static Fleet fleet = Fleet.ofPackagedApp().property("graceful.shutdown.timeout", "10s");

	@Test
	void whenRestartedInTurnThenNothingIsLost(Traffic traffic) {
		RestartResult result = traffic
			.post("/orders", Body.json((number) -> Map.of("item", "order " + number, "quantity", 1)))
			.get("/slow?ms=200")
			.connections(16)
			.keepAlive(0.5)
			.openLoop(Rate.perSecond(60))
			.through(Balancer.prober(Duration.ofSeconds(1)).actsAfter(Duration.ofMillis(500)))
			.during(() -> fleet.restartInTurn(Times.times(1), Signal.SIGTERM));
		assertThat(result).sentAtLeast(400).lostNothing();
		assertThat(result.stops()).allSatisfy((stop) -> assertThat(stop).isClean().hasExitCode(0));
	}

	@Test
	void whenARequestOutlivesTheBudgetThenItIsNamed(Instance instance) {
		instance.get("/slow?ms=60000").awaitArrived();
		assertThat(instance.stop(Signal.SIGTERM)).isForced().hasExitCode(1).cutOff("GET /slow").wasNotKilled();
	}

}
