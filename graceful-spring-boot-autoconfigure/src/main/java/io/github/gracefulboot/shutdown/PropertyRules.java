package io.github.gracefulboot.shutdown;

import java.time.Duration;

import org.springframework.core.env.Environment;

/**
 * Refuses settings that can not work. Only what the user set can contradict: defaults
 * give way.
 */
final class PropertyRules {

	private static final String TIMEOUT = "graceful.shutdown.timeout";

	private static final String MIN = "graceful.lame-duck.min";

	private static final String MAX = "graceful.lame-duck.max";

	private final Environment environment;

	private PropertyRules(Environment environment) {
		this.environment = environment;
	}

	static void check(ShutdownProperties shutdown, LameDuckProperties lameDuck, Environment environment) {
		PropertyRules rules = new PropertyRules(environment);
		rules.positive(TIMEOUT, shutdown.getTimeout());
		rules.check(!shutdown.getReleaseReserve().equals(new Percentage(100)), "graceful.shutdown.release-reserve",
				"100% leaves no time for requests in flight.", "Set a share below 100%, such as 20%.");
		rules.notNegative(MIN, lameDuck.getMin());
		rules.notNegative("graceful.lame-duck.quiet-period", lameDuck.getQuietPeriod());
		rules.check(lameDuck.getProbes() > 0, "graceful.lame-duck.probes", lameDuck.getProbes() + " is less than 1.",
				"Set the number of failing answers after which your balancer takes an instance out, at least 1.");
		Duration max = lameDuck.getMax();
		if (max != null) {
			rules.notNegative(MAX, max);
			rules.check(lameDuck.getMin().compareTo(max) <= 0, MIN,
					"%s is longer than %s, which is %s.".formatted(text(lameDuck.getMin()), MAX, text(max)),
					"Lower " + MIN + " or raise " + MAX + ".");
			rules.fits(MAX, max, shutdown.getTimeout());
		}
		rules.fits("graceful.lame-duck.quiet-period", lameDuck.getQuietPeriod(), shutdown.getTimeout());
		rules.fits(MIN, lameDuck.getMin(), shutdown.getTimeout());
	}

	private void fits(String name, Duration value, Duration timeout) {
		check(!isSet(name) || !isSet(TIMEOUT) || value.compareTo(timeout) < 0, name,
				"%s does not fit into %s, which is %s and is shared by all stages.".formatted(text(value), TIMEOUT,
						text(timeout)),
				"Set " + name + " to less than " + TIMEOUT + ", or remove one of the two.");
	}

	private boolean isSet(String name) {
		return this.environment.containsProperty(name);
	}

	private void positive(String name, Duration value) {
		check(!value.isNegative() && !value.isZero(), name, text(value) + " is not a positive duration.",
				"Set a duration such as 30s, shorter than the time after which your supervisor kills the process.");
	}

	private void notNegative(String name, Duration value) {
		check(!value.isNegative(), name, text(value) + " is negative.", "Set a duration such as 500ms, or 0s.");
	}

	private void check(boolean valid, String name, String reason, String action) {
		if (!valid) {
			throw new InvalidGracefulPropertyException(name, reason, action);
		}
	}

	private static String text(Duration duration) {
		return Durations.text(duration);
	}

}
