package io.github.gracefulboot.startup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
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

	private final WarmUp warmUp = new WarmUp();

	public Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(Duration timeout) {
		this.timeout = timeout;
	}

	public Check getCheck() {
		return this.check;
	}

	public WarmUp getWarmUp() {
		return this.warmUp;
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

	/**
	 * What is done before readiness says that the application accepts traffic.
	 */
	public static class WarmUp {

		/**
		 * Paths that the application asks of itself, such as /products?page=1, as its
		 * clients ask them, with the context path. They have to be safe to ask: nothing
		 * may be bought by them.
		 */
		private List<String> paths = new ArrayList<>();

		/**
		 * How often each path is asked.
		 */
		private int requests = 10;

		/**
		 * How many requests are under way at the same time.
		 */
		private int concurrency = 1;

		/**
		 * How long all of it may take. What is not done by then is left.
		 */
		private Duration timeout = Duration.ofSeconds(10);

		/**
		 * Whether a warm-up that fails or is not done in time fails the start.
		 */
		private boolean required;

		public List<String> getPaths() {
			return this.paths;
		}

		public void setPaths(List<String> paths) {
			this.paths = paths;
		}

		public int getRequests() {
			return this.requests;
		}

		public void setRequests(int requests) {
			this.requests = requests;
		}

		public int getConcurrency() {
			return this.concurrency;
		}

		public void setConcurrency(int concurrency) {
			this.concurrency = concurrency;
		}

		public Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(Duration timeout) {
			this.timeout = timeout;
		}

		public boolean isRequired() {
			return this.required;
		}

		public void setRequired(boolean required) {
			this.required = required;
		}

	}

}
