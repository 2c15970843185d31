package io.github.gracefulboot.web.stream;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.gracefulboot.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * How the streams of each endpoint have ended so far, which tells an answer, such as that
 * of a language model, from a feed: an answer ends by itself, and a feed when its client
 * leaves or the server's patience is over.
 */
public final class StreamHistory {

	private final Map<String, Ends> endpoints = new ConcurrentHashMap<>();

	/**
	 * Records that a stream has ended.
	 * @param endpoint the method and the pattern of its path
	 * @param age how long it was open
	 * @param byItself whether the application has ended it, rather than its client or a
	 * timeout
	 */
	public void streamEnded(String endpoint, Duration age, boolean byItself) {
		this.endpoints.merge(endpoint, byItself ? new Ends(1, 0, age) : new Ends(0, 1, null), Ends::plus);
	}

	/**
	 * Returns whether a stream of an endpoint has ended.
	 * @param endpoint the method and the pattern of its path
	 * @return whether one has
	 */
	boolean knows(String endpoint) {
		return this.endpoints.containsKey(endpoint);
	}

	/**
	 * Tells how a stream will end.
	 * @param endpoint the method and the pattern of its path
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
