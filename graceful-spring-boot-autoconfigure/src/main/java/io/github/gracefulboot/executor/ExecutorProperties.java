package io.github.gracefulboot.executor;

import java.util.LinkedHashSet;
import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings for draining executors and schedulers.
 */
@ConfigurationProperties("graceful.executors")
public class ExecutorProperties {

	/**
	 * How to handle queued tasks when executors are drained.
	 */
	private Queued queued = Queued.FINISH;

	/**
	 * Names of beans that are left to Spring, such as an executor with tasks that never
	 * end.
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
	 * How to handle queued tasks.
	 */
	public enum Queued {

		/**
		 * Run them and wait for them.
		 */
		FINISH,

		/**
		 * Cancel them and log their number.
		 */
		DROP

	}

}
