package io.github.gracefulboot.web.reactive;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.web.stream.EndlessStreams;
import io.github.gracefulboot.web.stream.LongLivedStreams;

/**
 * The open streams of a reactive web application. Each is a request in flight as well,
 * which is where those show up that cannot be ended.
 */
final class ReactiveStreams implements LongLivedStreams {

	private final EndlessStreams endless;

	private final Set<ReactiveStream> open = ConcurrentHashMap.newKeySet();

	private volatile boolean ending;

	ReactiveStreams(EndlessStreams endless) {
		this.endless = endless;
	}

	EndlessStreams endless() {
		return this.endless;
	}

	void add(ReactiveStream stream) {
		this.open.add(stream);
		if (this.ending) {
			stream.end();
		}
	}

	void remove(ReactiveStream stream) {
		this.open.remove(stream);
	}

	@Override
	public Collection<ActiveTask> openStreams() {
		return List.of();
	}

	/**
	 * Ends them on a thread of its own, since that cancels what the application
	 * publishes.
	 */
	@Override
	public void end(Deadline deadline) {
		this.ending = true;
		DaemonThreads.start("graceful-end-streams", () -> this.open.forEach(ReactiveStream::end));
	}

	boolean isEnding() {
		return this.ending;
	}

}
