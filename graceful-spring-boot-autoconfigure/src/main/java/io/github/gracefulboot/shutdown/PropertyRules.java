package io.github.gracefulboot.shutdown;

import java.time.Duration;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Refuses values of properties that cannot work. Spring Boot then says where the value
 * was set.
 */
public final class PropertyRules {

	private PropertyRules() {
	}

	/**
	 * Requires a duration to be longer than zero.
	 * @param name the name of the property
	 * @param value its value
	 * @param advice what to do, as a sentence
	 */
	public static void positive(String name, Duration value, String advice) {
		require(Durations.isPositive(value), name, value, "It has to be longer than 0s. " + advice);
	}

	/**
	 * Requires a duration not to be negative.
	 * @param name the name of the property
	 * @param value its value
	 */
	public static void notNegative(String name, Duration value) {
		require(!value.isNegative(), name, value,
				"A duration cannot be negative. Set a duration such as 500ms, or 0s.");
	}

	/**
	 * Requires a number to be large enough.
	 * @param name the name of the property
	 * @param value its value
	 * @param least the least that it can be
	 * @param advice what to do, as a sentence
	 */
	public static void atLeast(String name, int value, int least, String advice) {
		require(value >= least, name, value, "It has to be at least " + least + ". " + advice);
	}

	/**
	 * Requires something of a value.
	 * @param valid whether it can work
	 * @param name the name of the property
	 * @param value its value
	 * @param reason why it cannot work and what to do, as sentences
	 */
	public static void require(boolean valid, String name, Object value, String reason) {
		if (!valid) {
			throw new InvalidConfigurationPropertyValueException(name, value, reason);
		}
	}

}
