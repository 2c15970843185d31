package io.github.gracefulboot.web.servlet;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.web.stream.EndlessStreams;
import io.github.gracefulboot.web.stream.LongLivedStreams;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of servlets. Each is a request in flight as well, which is where those
 * show up that cannot be ended.
 */
final class ServletStreams implements LongLivedStreams {

	/**
	 * How many clients that do not read may hold up a thread each before they hold up
	 * others.
	 */
	private static final int THREADS = 16;

	/**
	 * How long a flush is waited for after an event was written.
	 */
	private static final long FLUSH_MILLIS = 50;

	private final EndlessStreams endless;

	private final Set<ServletStream> open = ConcurrentHashMap.newKeySet();

	private volatile @Nullable ScheduledThreadPoolExecutor ender;

	ServletStreams(EndlessStreams endless) {
		this.endless = endless;
	}

	EndlessStreams endless() {
		return this.endless;
	}

	void add(ServletStream stream) {
		this.open.add(stream);
		endNow(stream);
	}

	void remove(ServletStream stream) {
		this.open.remove(stream);
	}

	@Override
	public Collection<ActiveTask> openStreams() {
		return List.of();
	}

	@Override
	public void end(Deadline deadline) {
		ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(THREADS,
				DaemonThreads.factory("graceful-end-streams"));
		executor.setKeepAliveTime(1, TimeUnit.SECONDS);
		executor.allowCoreThreadTimeOut(true);
		this.ender = executor;
		this.open.forEach(this::endNow);
	}

	boolean isEnding() {
		return this.ender != null;
	}

	/**
	 * Lets a stream end, if streams are to end already.
	 * @param stream the stream
	 */
	void endNow(ServletStream stream) {
		ScheduledThreadPoolExecutor executor = this.ender;
		if (executor != null) {
			executor.execute(() -> stream.end(false));
		}
	}

	/**
	 * Lets a stream end that was not flushed, if streams are to end already.
	 * @param stream the stream
	 */
	void endSoon(ServletStream stream) {
		ScheduledThreadPoolExecutor executor = this.ender;
		if (executor != null) {
			executor.schedule(() -> stream.end(true), FLUSH_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

}
