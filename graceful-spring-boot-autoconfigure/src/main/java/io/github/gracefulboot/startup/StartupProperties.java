package io.github.gracefulboot.startup;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of the start.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("graceful.startup")
public class StartupProperties {

	/**
	 * How long the start may wait for all that it needs, such as databases, before it
	 * fails. A start that is not over after this time logs what it is doing.
	 */
	private Duration timeout = Duration.ofSeconds(60);

	private final Check check = new Check();

	public Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(Duration timeout) {
		this.timeout = timeout;
	}

	public Check getCheck() {
		return this.check;
	}

	/**
	 * What is waited for.
	 */
	public static class Check {

		/**
		 * Names of checks, such as bean names of DataSources and connection factories,
		 * that the start does not wait for.
		 */
		private Set<String> exclude = new LinkedHashSet<>();

		public Set<String> getExclude() {
			return this.exclude;
		}

		public void setExclude(Set<String> exclude) {
			this.exclude = exclude;
		}

	}

}
