package io.github.gracefulboot.web.servlet;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.web.stream.EndlessStreams;
import io.github.gracefulboot.web.stream.LongLivedStreams;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of servlets. Each is also a request in flight, so that streams that
 * cannot be ended are reported.
 */
final class ServletStreams implements LongLivedStreams {

	/**
	 * The number of clients that may block a thread by not reading before they delay
	 * others.
	 */
	private static final int THREADS = 16;

	/**
	 * How long to wait for a flush after an event was written.
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
	public int requests() {
		return this.open.size();
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
	 * Ends a stream, if streams are to be ended.
	 * @param stream the stream
	 */
	void endNow(ServletStream stream) {
		ScheduledThreadPoolExecutor executor = this.ender;
		if (executor != null) {
			executor.execute(() -> stream.end(false));
		}
	}

	/**
	 * Ends a stream that has not been flushed after a while, if streams are to be ended.
	 * @param stream the stream
	 */
	void endSoon(ServletStream stream) {
		ScheduledThreadPoolExecutor executor = this.ender;
		if (executor != null) {
			executor.schedule(() -> stream.end(true), FLUSH_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

}
