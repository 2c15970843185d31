package io.github.gracefulboot.web.stream;

import java.util.Collection;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;

/**
 * Streams that do not end by themselves, such as server-sent events or WebSocket
 * sessions. Nobody may wait for them, so that a stop ends them in the way that their
 * protocol has for it, at a moment that {@code graceful.drain.streams} chooses.
 *
 * @since 0.1.0
 */
public interface LongLivedStreams {

	/**
	 * Returns the streams that are open now and that are no requests in flight, which are
	 * listed anyway.
	 * @return the open streams, in no order
	 */
	Collection<ActiveTask> openStreams();

	/**
	 * Ends each stream that is open, and from now on each that is begun. Called once,
	 * when the listeners are closed. Must not block: a client that does not read must not
	 * hold up the others.
	 * @param deadline when to give up those that cannot be ended properly
	 */
	void end(Deadline deadline);

}
