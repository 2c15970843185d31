package io.github.gracefulboot.web.servlet;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.web.stream.EndlessStreams;
import io.github.gracefulboot.web.stream.LongLivedStreams;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.core.log.LogMessage;

/**
 * The open streams of servlets. Each is also a request in flight, so that streams that
 * cannot be ended are reported.
 */
final class ServletStreams implements LongLivedStreams, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(ServletStreams.class);

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

	private final AtomicBoolean withoutThread = new AtomicBoolean();

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
		ifEnding(() -> stream.end(false), 0);
	}

	/**
	 * Ends a stream that has not been flushed after a while, if streams are to be ended.
	 * @param stream the stream
	 */
	void endSoon(ServletStream stream) {
		ifEnding(() -> stream.end(true), FLUSH_MILLIS);
	}

	/**
	 * Called by requests too, which are not to fail for want of a thread.
	 */
	private void ifEnding(Runnable task, long delayMillis) {
		ScheduledThreadPoolExecutor executor = this.ender;
		if (executor == null) {
			return;
		}
		try {
			executor.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
		}
		catch (OutOfMemoryError ex) {
			if (this.withoutThread.compareAndSet(false, true)) {
				logger.warn(
						LogMessage.format("No thread left to end streams, they are waited for (%s)", ex.getMessage()));
			}
		}
	}

}
