package io.github.gracefulboot.web.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.StreamEnds.Expectation;
import io.github.gracefulboot.traffic.Printable;
import io.github.gracefulboot.web.stream.EventBoundary;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/**
 * A stream that a shutdown ends between two events. The application writes under a lock,
 * and receives an exception after the end. The body is completed, as is the request if it
 * is asynchronous.
 */
final class ServletStream {

	private static final Log logger = LogFactory.getLog(ServletStream.class);

	private final StreamableResponse response;

	private final ServletStreams streams;

	private final ReentrantLock lock = new ReentrantLock();

	/**
	 * Held while the response may be written to. No monitor: a client that does not read
	 * would hold the carrier of a virtual thread, up to Java 23.
	 */
	private final ReentrantLock attached = new ReentrantLock();

	private final EventBoundary boundary;

	private final long beganAt = System.nanoTime();

	/**
	 * Who has written last.
	 */
	private volatile @Nullable Thread writer;

	/**
	 * Whether the client has left, or the request failed or took too long.
	 */
	private volatile boolean failed;

	/**
	 * When somebody was seen at work for the stream.
	 */
	private @Nullable Long atWorkAt;

	/**
	 * Whether a shutdown may end the stream, which does not end by itself.
	 */
	private volatile boolean mayEnd;

	/**
	 * Whether the application has given the request back to the container, and writes no
	 * more.
	 */
	private volatile boolean dispatched;

	private boolean unflushed;

	private volatile boolean nonBlocking;

	private boolean closed;

	/**
	 * Whether nothing but the last event may be written any more. Set under the lock.
	 */
	private volatile boolean over;

	private boolean ended;

	/**
	 * Whether the response has been returned to the container.
	 */
	private boolean detached;

	ServletStream(StreamableResponse response, ServletStreams streams, @Nullable Thread writer) {
		this.response = response;
		this.streams = streams;
		this.writer = writer;
		this.boundary = streams.endless().boundary(response.getContentType());
	}

	/**
	 * Writes on behalf of the application, unless the stream is to end at this point.
	 * @param write writes
	 * @param follow passes the written data to the boundary
	 * @throws IOException if the stream has ended or cannot be written to
	 */
	void write(WriteAction write, Consumer<EventBoundary> follow) throws IOException {
		boolean whole;
		this.lock.lock();
		try {
			overIfWhole();
			if (this.over) {
				throw new AsyncRequestNotUsableException("This stream was ended because of the shutdown");
			}
			this.unflushed = true;
			this.writer = Thread.currentThread();
			run(write);
			follow.accept(this.boundary);
			whole = this.boundary.isReached();
		}
		finally {
			this.lock.unlock();
			if (this.over) {
				this.streams.endNow(this);
			}
		}
		if (whole) {
			this.streams.endSoon(this);
		}
	}

	/**
	 * Flushes on behalf of the application. Does nothing if the stream has ended, so that
	 * the application does not consider the event lost that it has just written.
	 * @param flush flushes
	 * @throws IOException if the stream cannot be written to
	 */
	void flush(WriteAction flush) throws IOException {
		this.lock.lock();
		try {
			if (!this.over) {
				run(flush);
				this.unflushed = false;
				overIfWhole();
			}
		}
		finally {
			this.lock.unlock();
			this.streams.endNow(this);
		}
	}

	/**
	 * Closes on behalf of the application, which thereby ends the stream itself.
	 * @param close closes
	 * @throws IOException if the stream cannot be written to
	 */
	void close(WriteAction close) throws IOException {
		this.lock.lock();
		try {
			if (!this.over) {
				this.closed = true;
				run(close);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void run(WriteAction action) throws IOException {
		try {
			action.run();
		}
		catch (IOException ex) {
			this.failed = true;
			throw ex;
		}
	}

	void nonBlocking() {
		this.nonBlocking = true;
	}

	void dispatched(boolean dispatched) {
		this.dispatched = dispatched;
	}

	@Nullable Thread writer() {
		return this.writer;
	}

	/**
	 * Returns whether somebody works for the stream, or did a moment ago: the request is
	 * completed a moment after the last event was written.
	 * @param atWork whether somebody does
	 * @return whether to wait for its end
	 */
	boolean looksUnfinished(boolean atWork) {
		long now = System.nanoTime();
		if (atWork) {
			this.atWorkAt = now;
		}
		return this.atWorkAt != null
				&& now - this.atWorkAt < TimeUnit.MILLISECONDS.toNanos(2 * ServletStreams.LOOK_MILLIS);
	}

	@Nullable String endpoint() {
		return this.response.endpoint();
	}

	/**
	 * Tells how the stream will end, by its publisher or by others of its endpoint.
	 * @param drain when the drain has to be over
	 * @return what is to be expected
	 */
	Expectation expect(Deadline drain) {
		String endpoint = endpoint();
		return this.streams.endless()
			.ends()
			.expect((endpoint != null) ? endpoint : "", this.response.source(), age(), drain);
	}

	private Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.beganAt);
	}

	boolean mayEnd() {
		return this.mayEnd;
	}

	/**
	 * Ends the stream, now or after the current event.
	 */
	void allowEnd() {
		if (!this.mayEnd) {
			this.mayEnd = true;
			this.streams.endNow(this);
		}
	}

	/**
	 * Called when the client has left, or when the time of the request is over.
	 */
	void fail() {
		this.failed = true;
	}

	/**
	 * Called when the request is over, however that came about.
	 */
	void requestEnded() {
		String endpoint = endpoint();
		if (!this.over && endpoint != null && this.streams.endless().isEndless(this.response.getContentType())) {
			this.streams.endless().ends().streamEnded(endpoint, age(), !this.failed);
		}
	}

	private void overIfWhole() {
		if (this.mayEnd && this.boundary.isReached() && !this.closed && !this.dispatched
				&& this.response.endlessType() != null) {
			this.over = true;
		}
	}

	/**
	 * Ends the stream, unless it is in the middle of an event. In that case, it is ended
	 * after the rest of the event has been written.
	 * @param flushed whether a pending flush has been waited for
	 */
	void end(boolean flushed) {
		if (endBody(flushed)) {
			complete();
		}
	}

	/**
	 * Ends the body. The response is not returned to the container meanwhile. It may be
	 * when the request is completed, which may call the application.
	 */
	private boolean endBody(boolean flushed) {
		this.attached.lock();
		try {
			return !this.detached && !this.ended && this.lock.tryLock() && endBodyLocked(flushed);
		}
		finally {
			this.attached.unlock();
		}
	}

	private boolean endBodyLocked(boolean flushed) {
		try {
			if (this.closed || this.dispatched || !this.mayEnd || !(this.over || this.boundary.isReached())) {
				return false;
			}
			if (!this.over && this.unflushed && !flushed) {
				this.streams.endSoon(this);
				return false;
			}
			String contentType = this.response.endlessType();
			if (contentType == null) {
				return false;
			}
			if (this.nonBlocking && !this.response.container().getOutputStream().isReady()) {
				this.streams.endSoon(this);
				return false;
			}
			this.over = true;
			this.ended = true;
			sayFarewell(this.streams.endless().farewell(contentType, this.response.method(), this.response.path()));
			return true;
		}
		catch (IOException | RuntimeException ex) {
			logger.debug(LogMessage.format("Could not end the stream of %s properly",
					Printable.request(this.response.method(), this.response.path())), ex);
			return this.ended;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void sayFarewell(String farewell) throws IOException {
		if (this.response.hasWriter()) {
			this.response.container().getWriter().write(farewell);
			this.response.container().getWriter().close();
			return;
		}
		ServletOutputStream out = this.response.container().getOutputStream();
		out.write(farewell.getBytes(StandardCharsets.UTF_8));
		if (!this.nonBlocking) {
			out.close();
		}
	}

	/**
	 * Completes an asynchronous request whose stream was ended.
	 */
	void completeIfEnded() {
		if (hasEnded()) {
			complete();
		}
	}

	private boolean hasEnded() {
		this.attached.lock();
		try {
			return this.ended;
		}
		finally {
			this.attached.unlock();
		}
	}

	private void complete() {
		AsyncContext context = this.response.asyncContext();
		if (context != null) {
			try {
				context.complete();
			}
			catch (IllegalStateException ex) {
				logger.trace("The request has already been completed", ex);
			}
		}
	}

	/**
	 * Returns whether a shutdown has ended the stream, which completes the request.
	 * @return whether the application can no longer write
	 */
	boolean isOver() {
		return this.over;
	}

	/**
	 * Writes the last event if the stream has ended without it, now that the application
	 * has returned.
	 */
	void finish() {
		if (this.over) {
			endBody(true);
		}
		detach();
	}

	/**
	 * Returns the response to the container, as soon as it is no longer being written to.
	 */
	void detach() {
		this.attached.lock();
		try {
			this.detached = true;
			this.streams.remove(this);
		}
		finally {
			this.attached.unlock();
		}
	}

	/**
	 * An action on the response of the container.
	 */
	@FunctionalInterface
	interface WriteAction {

		void run() throws IOException;

	}

}
