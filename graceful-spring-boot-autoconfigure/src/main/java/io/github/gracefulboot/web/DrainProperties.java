package io.github.gracefulboot.web;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of the drain.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("graceful.drain")
public class DrainProperties {

	/**
	 * When to end streams that do not end by themselves: at the start of the drain, or
	 * shortly before its time is over.
	 */
	private Streams streams = Streams.CLOSE;

	public Streams getStreams() {
		return this.streams;
	}

	public void setStreams(Streams streams) {
		this.streams = streams;
	}

	/**
	 * What to do with streams that do not end by themselves.
	 */
	public enum Streams {

		/**
		 * End them at the start of the drain.
		 */
		CLOSE,

		/**
		 * Wait for them, and end them shortly before the time of the drain is over.
		 */
		WAIT

	}

}
