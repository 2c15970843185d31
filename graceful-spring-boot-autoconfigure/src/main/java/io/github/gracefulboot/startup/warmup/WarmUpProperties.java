package io.github.gracefulboot.startup.warmup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings for the warm-up before the application accepts traffic.
 */
@ConfigurationProperties("graceful.startup.warm-up")
public class WarmUpProperties {

	/**
	 * Paths that the application requests from itself, such as /products?page=1,
	 * including the context path. The requests must not have side effects.
	 */
	private List<String> paths = new ArrayList<>();

	/**
	 * Number of requests for each path.
	 */
	private int requests = 10;

	/**
	 * Number of concurrent requests.
	 */
	private int concurrency = 1;

	/**
	 * Maximum duration of the whole warm-up. Whatever is not done by then is skipped.
	 */
	private Duration timeout = Duration.ofSeconds(10);

	/**
	 * Whether a warm-up that fails or times out fails the start.
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
