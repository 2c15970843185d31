package io.github.gracefulboot.web.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.github.gracefulboot.web.stream.EventBoundary;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/**
 * A stream that a stop ends between two events. The application writes under a lock, and
 * from the end on is told by an exception. The container is told by the end of the body,
 * and by completing the request if it is asynchronous.
 */
final class ServletStream {

	private static final Log logger = LogFactory.getLog(ServletStream.class);

	private final StreamableResponse response;

	private final ServletStreams streams;

	private final ReentrantLock lock = new ReentrantLock();

	private final EventBoundary boundary;

	private boolean unflushed;

	private boolean nonBlocking;

	private boolean closed;

	/**
	 * Set under the lock: nothing is written any more but the last words.
	 */
	private volatile boolean over;

	private boolean ended;

	/**
	 * Set when the response is the container's again.
	 */
	private boolean detached;

	ServletStream(StreamableResponse response, ServletStreams streams) {
		this.response = response;
		this.streams = streams;
		this.boundary = streams.endless().boundary(response.getContentType());
	}

	/**
	 * Writes for the application, unless the stream is to end here.
	 * @param write writes
	 * @param follow tells the boundary what was written
	 * @throws IOException if the stream is over or cannot be written to
	 */
	void write(WriteAction write, Consumer<EventBoundary> follow) throws IOException {
		boolean whole;
		this.lock.lock();
		try {
			overIfWhole();
			if (this.over) {
				throw new AsyncRequestNotUsableException("The service stops and has ended this stream");
			}
			this.unflushed = true;
			write.run();
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
	 * Flushes for the application. Does nothing when the stream is over, so that who has
	 * just written the last event does not take it for lost.
	 * @param flush flushes
	 * @throws IOException if the stream cannot be written to
	 */
	void flush(WriteAction flush) throws IOException {
		this.lock.lock();
		try {
			if (!this.over) {
				flush.run();
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
	 * Closes for the application, which ends the stream by itself.
	 * @param close closes
	 * @throws IOException if the stream cannot be written to
	 */
	void close(WriteAction close) throws IOException {
		this.lock.lock();
		try {
			if (!this.over) {
				this.closed = true;
				close.run();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	void nonBlocking() {
		this.nonBlocking = true;
	}

	private void overIfWhole() {
		if (this.streams.isEnding() && this.boundary.isReached() && !this.closed
				&& this.response.endlessType() != null) {
			this.over = true;
		}
	}

	/**
	 * Ends the stream, unless it is in the middle of an event. Whoever writes the rest
	 * comes back here.
	 * @param flushed whether a flush that is due was waited for
	 */
	void end(boolean flushed) {
		if (endBody(flushed)) {
			complete();
		}
	}

	/**
	 * The monitor keeps the container away meanwhile. It is not held when the request is
	 * completed, which may call the application.
	 */
	private synchronized boolean endBody(boolean flushed) {
		if (this.detached || this.ended || !this.lock.tryLock()) {
			return false;
		}
		try {
			if (this.closed || !(this.over || this.boundary.isReached())) {
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
			logger.debug(LogMessage.format("%s %s could not be ended properly", this.response.method(),
					this.response.path()), ex);
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
		boolean ended;
		synchronized (this) {
			ended = this.ended;
		}
		if (ended) {
			complete();
		}
	}

	private void complete() {
		AsyncContext context = this.response.asyncContext();
		if (context != null) {
			try {
				context.complete();
			}
			catch (IllegalStateException ex) {
				logger.trace("The request was completed by others", ex);
			}
		}
	}

	/**
	 * Returns whether the stream ends from here, which completes the request.
	 * @return whether the application can no longer write
	 */
	boolean isOver() {
		return this.over;
	}

	/**
	 * Says the last words if the stream is over and nobody has said them yet, now that
	 * the application has returned.
	 */
	void finish() {
		if (this.over) {
			endBody(true);
		}
		detach();
	}

	/**
	 * Leaves the response to the container, once it is not being written to from here.
	 */
	synchronized void detach() {
		this.detached = true;
		this.streams.remove(this);
	}

	/**
	 * Something that is done to the container's response.
	 */
	@FunctionalInterface
	interface WriteAction {

		void run() throws IOException;

	}

}
