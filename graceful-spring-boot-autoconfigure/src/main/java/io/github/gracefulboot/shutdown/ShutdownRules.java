package io.github.gracefulboot.shutdown;

import java.time.Duration;

import org.springframework.core.env.Environment;

/**
 * Refuses settings of the shutdown that cannot work together. Only what the user set can
 * contradict: defaults give way.
 */
final class ShutdownRules {

	static final String TIMEOUT = "graceful.shutdown.timeout";

	private static final String MIN = "graceful.lame-duck.min";

	private static final String MAX = "graceful.lame-duck.max";

	private static final String QUIET_PERIOD = "graceful.lame-duck.quiet-period";

	private final Environment environment;

	private final Duration timeout;

	private ShutdownRules(Environment environment, Duration timeout) {
		this.environment = environment;
		this.timeout = timeout;
	}

	static void check(ShutdownProperties shutdown, LameDuckProperties lameDuck, Environment environment) {
		PropertyRules.positive(TIMEOUT, shutdown.getTimeout(),
				"Set a duration such as 30s, shorter than the time after which your supervisor kills the process.");
		PropertyRules.require(shutdown.getReleaseReserve().percent() < 100, "graceful.shutdown.release-reserve",
				shutdown.getReleaseReserve(),
				"100% leaves no time for requests in flight. Set a share below 100%, such as 20%.");
		PropertyRules.notNegative(MIN, lameDuck.leastWait());
		PropertyRules.notNegative(QUIET_PERIOD, lameDuck.getQuietPeriod());
		Integer probes = lameDuck.getProbes();
		if (probes != null) {
			PropertyRules.atLeast("graceful.lame-duck.probes", probes, 1,
					"Set the number of failing responses after which your load balancer takes an instance out.");
		}
		ShutdownRules rules = new ShutdownRules(environment, shutdown.getTimeout());
		Duration max = lameDuck.getMax();
		if (max != null) {
			PropertyRules.notNegative(MAX, max);
			PropertyRules.require(lameDuck.leastWait().compareTo(max) <= 0, MIN, lameDuck.leastWait(),
					"It is longer than %s, which is %s. Lower %s or raise %s.".formatted(MAX, Durations.text(max), MIN,
							MAX));
			rules.fits(MAX, max);
		}
		rules.fits(QUIET_PERIOD, lameDuck.getQuietPeriod());
		rules.fits(MIN, lameDuck.leastWait());
	}

	private void fits(String name, Duration value) {
		if (isSet(name) && isSet(TIMEOUT)) {
			PropertyRules.require(value.compareTo(this.timeout) < 0, name, value,
					"It does not fit into %s, which is %s and is shared by all stages. Set %s to less than %s, or remove one of the two."
						.formatted(TIMEOUT, Durations.text(this.timeout), name, TIMEOUT));
		}
	}

	private boolean isSet(String name) {
		return this.environment.containsProperty(name);
	}

}
