package io.github.gracefulboot.executor;

import java.util.LinkedHashSet;
import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of the wait for executors and schedulers.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("graceful.executors")
public class ExecutorProperties {

	/**
	 * What to do with tasks that wait for a thread when executors are drained.
	 */
	private Queued queued = Queued.FINISH;

	/**
	 * Names of beans that are left to Spring, such as an executor whose tasks never end.
	 */
	private Set<String> exclude = new LinkedHashSet<>();

	public Queued getQueued() {
		return this.queued;
	}

	public void setQueued(Queued queued) {
		this.queued = queued;
	}

	public Set<String> getExclude() {
		return this.exclude;
	}

	public void setExclude(Set<String> exclude) {
		this.exclude = exclude;
	}

	/**
	 * What to do with tasks that wait for a thread.
	 */
	public enum Queued {

		/**
		 * Run them, and wait for them as for running ones.
		 */
		FINISH,

		/**
		 * Drop and cancel them, and say how many they were.
		 */
		DROP

	}

}
