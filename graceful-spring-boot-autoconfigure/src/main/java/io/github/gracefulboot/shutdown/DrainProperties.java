package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.List;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.web.stream.EndlessStreams;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.MimeType;

/**
 * Settings of the drain.
 */
@ConfigurationProperties("graceful.drain")
public class DrainProperties {

	/**
	 * When to end streams that do not end by themselves: at the start of the drain, or
	 * shortly before its time is over.
	 */
	private Streams streams = Streams.CLOSE;

	/**
	 * Media types of HTTP responses that do not end by themselves. Name no type of
	 * exports or downloads: one that is ended early looks complete to its client.
	 */
	private List<MimeType> streamTypes = List.of(MimeType.valueOf(EndlessStreams.EVENT_STREAM));

	/**
	 * HTTP methods whose responses may be streams that do not end by themselves. Streams
	 * that answer other methods are waited for like any request in flight.
	 */
	private List<String> streamMethods = List.of("GET");

	public Streams getStreams() {
		return this.streams;
	}

	public void setStreams(Streams streams) {
		this.streams = streams;
	}

	public List<MimeType> getStreamTypes() {
		return this.streamTypes;
	}

	public void setStreamTypes(List<MimeType> streamTypes) {
		this.streamTypes = streamTypes;
	}

	public List<String> getStreamMethods() {
		return this.streamMethods;
	}

	public void setStreamMethods(List<String> streamMethods) {
		this.streamMethods = streamMethods;
	}

	/**
	 * What to do with streams that do not end by themselves.
	 */
	public enum Streams {

		/**
		 * End them in the drain, as soon as the application has been told of the
		 * shutdown.
		 */
		CLOSE,

		/**
		 * Wait for them, and end them shortly before the time of the drain is over.
		 */
		WAIT;

		private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(1);

		private static final int FAREWELL_PART = 4;

		/**
		 * Returns when streams are ended that were waited for, so that their clients
		 * still hear of it.
		 * @param drain when the drain has to be over
		 * @return a moment before
		 */
		public static Deadline farewell(Deadline drain) {
			return drain.minus(Durations.shorter(drain.remaining().dividedBy(FAREWELL_PART), LONGEST_FAREWELL));
		}

	}

}
