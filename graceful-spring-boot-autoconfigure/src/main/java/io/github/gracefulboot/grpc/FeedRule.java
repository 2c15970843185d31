package io.github.gracefulboot.grpc;

import java.time.Duration;
import java.util.function.Predicate;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DrainProperties.Streams;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.shutdown.StreamEnds;
import io.github.gracefulboot.shutdown.StreamEnds.Source;

/**
 * Selects the streams that a shutdown has to end. gRPC has the same kind of method for a
 * download, which ends by itself, and for a feed, which does not. Where neither is known
 * of a method, a stream that is silent or has been open for long is considered to be a
 * feed, unless its writer is at a task that comes to an end.
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

	private final Deadline drain;

	private final StreamEnds ends;

	/**
	 * Creates the rule.
	 * @param streamPolicy whether to end feeds or to wait for them
	 * @param silence the time after which a silent stream is considered to be a feed
	 * @param drain when the drain has to be over
	 * @param ends tells which streams end by themselves
	 */
	FeedRule(Streams streamPolicy, Duration silence, Deadline drain, StreamEnds ends) {
		this.streamPolicy = streamPolicy;
		this.silence = Durations.longer(silence, SHORTEST_SILENCE);
		this.farewell = Streams.farewell(drain);
		this.drain = drain;
		this.ends = ends;
	}

	@Override
	public boolean test(GrpcCall<?, ?> call) {
		if (!call.isStream() || call.isHealth()) {
			return call.isStream();
		}
		return switch (this.ends.expect(call.method(), Source.UNKNOWN, call.age(), this.drain)) {
			case ENDS -> false;
			case ENDLESS -> seemsEndless(call);
			case UNKNOWN -> seemsEndless(call) && !this.ends.isAtTask(call.writer());
		};
	}

	private boolean seemsEndless(GrpcCall<?, ?> call) {
		return this.farewell.hasPassed() || this.streamPolicy == Streams.CLOSE
				&& (call.silence().compareTo(this.silence) >= 0 || call.age().compareTo(LONGEST_TRANSFER) >= 0);
	}

}
