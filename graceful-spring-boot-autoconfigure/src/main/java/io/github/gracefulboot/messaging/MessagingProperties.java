package io.github.gracefulboot.messaging;

import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings for message listeners.
 */
@ConfigurationProperties("graceful.messaging")
public class MessagingProperties {

	/**
	 * When listeners stop receiving messages: with the web servers, or already when the
	 * lame duck stage begins.
	 */
	private Stop stop = Stop.DRAIN;

	/**
	 * Listener ids and bean names of containers that are left to Spring's lifecycle.
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
	 * When listeners stop receiving messages.
	 */
	public enum Stop {

		/**
		 * When the drain begins, together with the servers.
		 */
		DRAIN,

		/**
		 * When the lame duck stage begins, while requests are still served.
		 */
		LAME_DUCK

	}

}
