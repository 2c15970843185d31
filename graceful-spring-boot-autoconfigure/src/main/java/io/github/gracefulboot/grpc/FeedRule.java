package io.github.gracefulboot.grpc;

import java.time.Duration;
import java.util.function.Predicate;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DrainProperties.Streams;
import io.github.gracefulboot.shutdown.Durations;

/**
 * Selects the streams that a shutdown has to end. gRPC has the same kind of method for a
 * download, which ends by itself, and for a feed, which does not: a stream that is silent
 * or has been open for long is considered to be a feed.
 */
final class FeedRule implements Predicate<GrpcCall<?, ?>> {

	private static final Duration LONGEST_TRANSFER = Duration.ofSeconds(10);

	/**
	 * A transfer may pause for this long, regardless of the quiet period.
	 */
	private static final Duration SHORTEST_SILENCE = Duration.ofMillis(250);

	private final Streams streamPolicy;

	private final Duration silence;

	private final Deadline farewell;

	/**
	 * Creates the rule.
	 * @param streamPolicy whether to end feeds or to wait for them
	 * @param silence the time after which a silent stream is considered to be a feed
	 * @param farewell when to end all remaining streams, so that clients are still
	 * notified
	 */
	FeedRule(Streams streamPolicy, Duration silence, Deadline farewell) {
		this.streamPolicy = streamPolicy;
		this.silence = Durations.longer(silence, SHORTEST_SILENCE);
		this.farewell = farewell;
	}

	@Override
	public boolean test(GrpcCall<?, ?> call) {
		if (!call.isStream() || call.isHealth() || this.farewell.hasPassed()) {
			return call.isStream();
		}
		return this.streamPolicy == Streams.CLOSE
				&& (call.silence().compareTo(this.silence) >= 0 || call.age().compareTo(LONGEST_TRANSFER) >= 0);
	}

}
