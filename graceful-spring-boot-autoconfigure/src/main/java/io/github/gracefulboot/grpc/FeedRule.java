package io.github.gracefulboot.grpc;

import java.time.Duration;
import java.util.function.Predicate;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DrainProperties.Streams;
import io.github.gracefulboot.shutdown.Durations;

/**
 * Tells the streams that have to be ended by us. gRPC has one kind of method for a
 * download, which comes to an end, and for a feed, which does not: a stream that is
 * silent or that goes on for long is taken for a feed.
 */
final class FeedRule implements Predicate<GrpcCall<?, ?>> {

	private static final Duration LONGEST_TRANSFER = Duration.ofSeconds(10);

	/**
	 * A transfer may pause for that long whatever counts as quiet.
	 */
	private static final Duration SHORTEST_SILENCE = Duration.ofMillis(250);

	private final Streams streams;

	private final Duration silence;

	private final Deadline farewell;

	/**
	 * Creates the rule.
	 * @param streams whether to wait for feeds
	 * @param silence how long a feed is silent at least
	 * @param farewell when to end every stream, so that its client still hears of it
	 */
	FeedRule(Streams streams, Duration silence, Deadline farewell) {
		this.streams = streams;
		this.silence = Durations.longer(silence, SHORTEST_SILENCE);
		this.farewell = farewell;
	}

	@Override
	public boolean test(GrpcCall<?, ?> call) {
		if (!call.isStream() || call.isHealth() || this.farewell.hasPassed()) {
			return call.isStream();
		}
		return this.streams == Streams.CLOSE
				&& (call.silence().compareTo(this.silence) >= 0 || call.age().compareTo(LONGEST_TRANSFER) >= 0);
	}

}
