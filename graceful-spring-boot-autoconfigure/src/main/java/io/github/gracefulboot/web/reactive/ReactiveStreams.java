package io.github.gracefulboot.web.reactive;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.web.stream.EndlessStreams;
import io.github.gracefulboot.web.stream.LongLivedStreams;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * The open streams of a reactive web application. Each is also a request in flight, so
 * that streams that cannot be ended are reported.
 */
final class ReactiveStreams implements LongLivedStreams, AopInfrastructureBean {

	private final EndlessStreams endless;

	private final Set<ReactiveStream> open = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Deadline drain;

	ReactiveStreams(EndlessStreams endless) {
		this.endless = endless;
	}

	EndlessStreams endless() {
		return this.endless;
	}

	void add(ReactiveStream stream) {
		this.open.add(stream);
		Deadline drain = this.drain;
		if (drain != null) {
			stream.endUnlessByItself(drain);
		}
	}

	void remove(ReactiveStream stream) {
		this.open.remove(stream);
	}

	@Override
	public int requests(Deadline drain) {
		return (int) this.open.stream().filter((stream) -> !stream.endsByItself(drain)).count();
	}

	/**
	 * Ends the streams on a separate thread, since that calls the application's
	 * publishers.
	 */
	@Override
	public void end(Deadline deadline) {
		this.drain = deadline;
		DaemonThreads.startOrRun("graceful-end-streams",
				() -> this.open.forEach((stream) -> stream.endUnlessByItself(deadline)));
	}

}
