package io.github.gracefulboot.shutdown;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

import io.github.gracefulboot.shutdown.SimulatedStops.Balancer;
import io.github.gracefulboot.shutdown.SimulatedStops.Rule;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops behind simulated balancers by the rules of {@link LameDuck} and by others. The
 * table and the chart in {@code docs/load-balancers.md} are what comes out.
 */
class LameDuckSimulationTests {

	private static final Map<Balancer, Map<Rule, SimulatedStops>> RESULTS = new EnumMap<>(Balancer.class);

	@ParameterizedTest
	@EnumSource
	void whenTheBalancerCanBeSatisfiedThenNothingIsLost(Balancer balancer) throws Exception {
		Map<Rule, SimulatedStops> results = new EnumMap<>(Rule.class);
		for (Rule rule : Rule.values()) {
			results.put(rule, SimulatedStops.run(balancer, rule));
		}
		RESULTS.put(balancer, results);
		SimulatedStops now = results.get(Rule.EVIDENCE);
		SimulatedStops before = results.get(Rule.TWO_ANSWERS);
		if (balancer.isSatisfied()) {
			assertThat(now.lossy()).as("%s: %s", balancer, now).isZero();
		}
		else {
			assertThat(now.median()).isGreaterThan(SimulatedStops.LONGEST_WAIT.minus(balancer.period()));
		}
		if (before.lossy() == 0) {
			assertThat(now.median()).isLessThanOrEqualTo(before.median().plus(balancer.period()));
		}
	}

	@AfterAll
	static void thePageShowsWhatComesOut() throws IOException {
		if (RESULTS.size() == Balancer.values().length) {
			SimulationPage page = new SimulationPage(Path.of("..", "docs"), RESULTS);
			if (Boolean.getBoolean("graceful.docs.update")) {
				page.update();
			}
			page.check();
		}
		assertThat(RESULTS.keySet()).isSubsetOf(Arrays.asList(Balancer.values()));
	}

}
