package io.github.gracefulboot.web.stream;

import java.util.Collection;
import java.util.List;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;

/**
 * Streams that do not end by themselves, such as server-sent events or WebSocket
 * sessions. A shutdown ends them as provided for by their protocol, at the time that
 * {@code graceful.drain.streams} determines.
 */
public interface LongLivedStreams {

	/**
	 * Returns the open streams, except for requests in flight, which are reported
	 * separately.
	 * @return the open streams, in no particular order
	 */
	default Collection<ActiveTask> openStreams() {
		return List.of();
	}

	/**
	 * Returns whether any of these streams is open, which is cheaper than to list them.
	 * @return whether there is something to wait for
	 */
	default boolean areOpen() {
		return !openStreams().isEmpty();
	}

	/**
	 * Returns how many of the requests in flight are such streams, except for those that
	 * may end by themselves.
	 * @param drain when the drain has to be over
	 * @return the number of requests
	 */
	default int requests(Deadline drain) {
		return 0;
	}

	/**
	 * Returns whether one of them is at work, with a message of its client in hand.
	 * @return whether there is more to wait for than that others are told
	 */
	default boolean areAtWork() {
		return false;
	}

	/**
	 * Ends each open stream, and each stream that is opened from now on, unless it may
	 * end by itself. Called once, when the listeners are closed and the application was
	 * told. Must not block: a client that does not read must not delay others.
	 * @param deadline when to give up on streams that cannot be ended properly
	 */
	void end(Deadline deadline);

}
