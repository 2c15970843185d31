package io.github.gracefulboot.startup.warmup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of what is done before readiness says that the application accepts traffic.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("graceful.startup.warm-up")
public class WarmUpProperties {

	/**
	 * Paths that the application requests from itself, such as /products?page=1, as its
	 * clients do, with the context path. They have to be safe to request: nothing may be
	 * bought by them.
	 */
	private List<String> paths = new ArrayList<>();

	/**
	 * How often each path is requested.
	 */
	private int requests = 10;

	/**
	 * How many requests are in flight at the same time.
	 */
	private int concurrency = 1;

	/**
	 * Longest duration of the whole warm-up. What is not done by then is skipped.
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
