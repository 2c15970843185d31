package io.github.gracefulboot.startup;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings for the start.
 */
@ConfigurationProperties("graceful.startup")
public class StartupProperties {

	/**
	 * How long the start may wait in total for its dependencies, such as databases,
	 * before it fails. A start that takes longer than this logs the stack of its thread.
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
	 * Settings for the startup checks.
	 */
	public static class Check {

		/**
		 * Names of checks to skip, such as the bean names of DataSources and connection
		 * factories.
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
