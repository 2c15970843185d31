package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.MethodCode.Loop;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Tells streams that end by themselves, such as the answer of a language model or a
 * download, from feeds: by how those of the same endpoint have ended so far, and else by
 * the code that writes them. A feed ends when its client leaves or its time is over.
 */
public final class StreamEnds {

	private static final Log logger = LogFactory.getLog(StreamEnds.class);

	private final Predicate<String> application;

	private final Map<String, Ends> endpoints = new ConcurrentHashMap<>();

	private final Map<List<StackTraceElement>, Loop> loops = new ConcurrentHashMap<>();

	private final Set<String> unknown = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the rule.
	 * @param application whether a class is the application's, by its name
	 */
	public StreamEnds(Predicate<String> application) {
		this.application = application;
	}

	/**
	 * Records that a stream has ended.
	 * @param endpoint such as the method and the pattern of its path
	 * @param age how long it was open
	 * @param byItself whether the application has ended it, rather than its client or a
	 * timeout
	 */
	public void streamEnded(String endpoint, Duration age, boolean byItself) {
		this.endpoints.merge(endpoint, byItself ? new Ends(1, 0, age) : new Ends(0, 1, null), Ends::plus);
	}

	/**
	 * Tells how a stream will end.
	 * @param endpoint such as the method and the pattern of its path
	 * @param age how long it has been open
	 * @param drain when the drain has to be over
	 * @return what is to be expected
	 */
	public Expectation expect(String endpoint, Duration age, Deadline drain) {
		Ends ends = this.endpoints.get(endpoint);
		if (ends == null) {
			return Expectation.UNKNOWN;
		}
		Duration shortest = ends.shortest();
		return (ends.byItself() > ends.others() && shortest != null
				&& age.plus(drain.remaining()).compareTo(shortest) >= 0) ? Expectation.ENDS : Expectation.ENDLESS;
	}

	/**
	 * Returns whether a thread is at a task that comes to an end by itself, as far as the
	 * code of the application tells: in a loop that counts its rounds or goes through the
	 * elements of something, or in none.
	 * @param writer the thread that has written to a stream, or {@code null} if none has
	 * @return {@code false} if it may go on for ever, or does nothing of the application
	 */
	public boolean isAtTask(@Nullable Thread writer) {
		if (writer == null) {
			return false;
		}
		StackTraceElement[] frames = Arrays.stream(writer.getStackTrace())
			.filter((frame) -> this.application.test(frame.getClassName()))
			.toArray(StackTraceElement[]::new);
		return frames.length > 0
				&& this.loops.computeIfAbsent(List.of(frames), (key) -> LoopCode.around(frames)) != Loop.OPEN;
	}

	/**
	 * Called when a shutdown ends a stream. Says so, once for each endpoint, if none of
	 * it has ended yet: it may have come to an end by itself.
	 * @param endpoint such as the method and the pattern of its path
	 */
	public void shutdownEnds(String endpoint) {
		if (!endpoint.isEmpty() && !this.endpoints.containsKey(endpoint) && this.unknown.add(endpoint)) {
			logger.info(LogMessage.format("Streams of %s end now: none has ended by itself since the start", endpoint));
		}
	}

	/**
	 * How a stream will end.
	 */
	public enum Expectation {

		/**
		 * By itself, perhaps in time: most streams of its endpoint have, and one of them
		 * no later.
		 */
		ENDS,

		/**
		 * Not by itself, or not in time.
		 */
		ENDLESS,

		/**
		 * None of its endpoint has ended yet.
		 */
		UNKNOWN

	}

	/**
	 * How streams have ended.
	 *
	 * @param byItself how many by themselves
	 * @param others how many in other ways
	 * @param shortest how long the one was open that ended by itself first
	 */
	private record Ends(long byItself, long others, @Nullable Duration shortest) {

		private Ends plus(Ends more) {
			Duration other = more.shortest();
			return new Ends(this.byItself + more.byItself(), this.others + more.others(),
					(this.shortest == null || other != null && other.compareTo(this.shortest) < 0) ? other
							: this.shortest);
		}

	}

}
