package io.github.gracefulboot.web.servlet;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.StreamEnds.Expectation;
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

	/**
	 * How often to look whether a stream still has a writer that comes to an end. Up to
	 * twice as long may pass between its end and that of the request.
	 */
	static final long LOOK_MILLIS = 100;

	private final EndlessStreams endless;

	private final Set<ServletStream> open = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean withoutThread = new AtomicBoolean();

	private final AtomicBoolean looksSoon = new AtomicBoolean();

	private boolean looksAgain;

	private volatile @Nullable Deadline drain;

	private volatile @Nullable ScheduledThreadPoolExecutor ender;

	ServletStreams(EndlessStreams endless) {
		this.endless = endless;
	}

	EndlessStreams endless() {
		return this.endless;
	}

	void add(ServletStream stream) {
		this.open.add(stream);
		look();
	}

	/**
	 * Looks which streams do not end by themselves, if streams are to be ended.
	 */
	void look() {
		if (this.ender != null && this.looksSoon.compareAndSet(false, true)) {
			ifEnding(() -> {
				this.looksSoon.set(false);
				endThoseWithoutEnd();
			}, 0);
		}
	}

	void remove(ServletStream stream) {
		this.open.remove(stream);
	}

	@Override
	public int requests(Deadline drain) {
		return (int) this.open.stream()
			.filter((stream) -> stream.endpoint() != null && stream.expect(drain) != Expectation.ENDS)
			.count();
	}

	@Override
	public void end(Deadline deadline) {
		ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(THREADS,
				DaemonThreads.factory("graceful-end-streams"));
		executor.setKeepAliveTime(1, TimeUnit.SECONDS);
		executor.allowCoreThreadTimeOut(true);
		this.drain = deadline;
		this.ender = executor;
		look();
	}

	/**
	 * Ends the streams that do not end by themselves. Where that is not known of one, it
	 * is waited for as long as its writer, which writes to no other, is at a task that
	 * comes to an end.
	 */
	private synchronized void endThoseWithoutEnd() {
		Deadline drain = Objects.requireNonNull(this.drain);
		Set<Thread> writers = new HashSet<>();
		Set<Thread> broadcasters = this.open.stream()
			.map(ServletStream::writer)
			.filter((writer) -> writer != null && !writers.add(writer))
			.collect(Collectors.toSet());
		boolean waits = false;
		for (ServletStream stream : this.open) {
			try {
				waits |= !stream.mayEnd() && waitsFor(stream, drain, broadcasters);
			}
			catch (RuntimeException | Error ex) {
				logger.warn("Could not tell whether a stream ends by itself, it is waited for", ex);
			}
		}
		if (waits && !this.looksAgain) {
			this.looksAgain = true;
			ifEnding(this::lookAgain, LOOK_MILLIS);
		}
	}

	/**
	 * Ends a stream, unless it ends by itself or may do so.
	 * @return whether to look again
	 */
	private boolean waitsFor(ServletStream stream, Deadline drain, Set<Thread> broadcasters) {
		String endpoint = stream.endpoint();
		if (endpoint == null) {
			return false;
		}
		Expectation expectation = stream.expect(drain);
		if (expectation == Expectation.UNKNOWN && stream.looksUnfinished(
				!broadcasters.contains(stream.writer()) && this.endless.ends().isAtTask(stream.writer()))) {
			return true;
		}
		if (expectation != Expectation.ENDS) {
			this.endless.ends().shutdownEnds(endpoint);
			stream.allowEnd();
		}
		return false;
	}

	private synchronized void lookAgain() {
		this.looksAgain = false;
		endThoseWithoutEnd();
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
			this.looksSoon.set(false);
			if (this.withoutThread.compareAndSet(false, true)) {
				logger.warn(
						LogMessage.format("No thread left to end streams, they are waited for (%s)", ex.getMessage()));
			}
		}
	}

}
