package io.github.gracefulboot.messaging;

import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of message listeners.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("graceful.messaging")
public class MessagingProperties {

	/**
	 * When listeners stop taking new messages: as soon as requests do, or already when
	 * the lame duck stage begins.
	 */
	private Stop stop = Stop.DRAIN;

	/**
	 * Listener ids and names of container beans that are left to the phases of Spring's
	 * lifecycle.
	 */
	private Set<String> exclude = Set.of();

	public Stop getStop() {
		return this.stop;
	}

	public void setStop(Stop stop) {
		this.stop = stop;
	}

	public Set<String> getExclude() {
		return this.exclude;
	}

	public void setExclude(Set<String> exclude) {
		this.exclude = exclude;
	}

	/**
	 * When listeners stop taking new messages.
	 */
	public enum Stop {

		/**
		 * At the start of the drain, together with the servers.
		 */
		DRAIN,

		/**
		 * At the start of the lame duck stage, while requests are still served.
		 */
		LAME_DUCK

	}

}
