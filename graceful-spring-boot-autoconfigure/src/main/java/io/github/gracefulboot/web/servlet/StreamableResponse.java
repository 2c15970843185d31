package io.github.gracefulboot.web.servlet;

import java.io.IOException;
import java.io.PrintWriter;

import io.github.gracefulboot.web.stream.EndlessStreams;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/**
 * A response that may become a stream that does not end by itself. Otherwise, the
 * application writes directly to the response of the container.
 */
final class StreamableResponse extends HttpServletResponseWrapper {

	private final HttpServletRequest request;

	private final ServletStreams streams;

	private volatile @Nullable ServletStream stream;

	private volatile @Nullable AsyncContext asyncContext;

	private volatile @Nullable StreamOutput output;

	private volatile @Nullable PrintWriter writer;

	/**
	 * Whether the application has begun to write something other than a stream.
	 */
	private volatile boolean finite;

	/**
	 * Whether the application has encoded the stream itself. Compression by the server
	 * happens afterwards.
	 */
	private volatile boolean encoded;

	StreamableResponse(HttpServletRequest request, HttpServletResponse response, ServletStreams streams) {
		super(response);
		this.request = request;
		this.streams = streams;
		if (expectsStream()) {
			begin();
		}
	}

	/**
	 * Returns whether the client accepts only a stream, as browsers do. The stream may be
	 * open before its first event, without a content type.
	 */
	private boolean expectsStream() {
		return EndlessStreams.EVENT_STREAM.equals(this.request.getHeader(HttpHeaders.ACCEPT));
	}

	private ServletStream begin() {
		ServletStream stream = new ServletStream(this, this.streams);
		this.stream = stream;
		this.streams.add(stream);
		return stream;
	}

	@Override
	public void setHeader(String name, @Nullable String value) {
		super.setHeader(name, value);
		noteEncoding(name, value);
	}

	@Override
	public void addHeader(String name, @Nullable String value) {
		super.addHeader(name, value);
		noteEncoding(name, value);
	}

	private void noteEncoding(String name, @Nullable String value) {
		if (HttpHeaders.CONTENT_ENCODING.equalsIgnoreCase(name)) {
			this.encoded = (value != null);
		}
	}

	@Override
	public ServletOutputStream getOutputStream() throws IOException {
		StreamOutput output = this.output;
		if (output != null) {
			return output;
		}
		ServletOutputStream container = super.getOutputStream();
		ServletStream stream = streamToWrite();
		if (stream == null) {
			return container;
		}
		output = new StreamOutput(stream, container);
		this.output = output;
		return output;
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		PrintWriter writer = this.writer;
		if (writer != null) {
			return writer;
		}
		PrintWriter container = super.getWriter();
		ServletStream stream = streamToWrite();
		if (stream == null) {
			return container;
		}
		writer = new PrintWriter(new StreamWriter(stream, container));
		this.writer = writer;
		return writer;
	}

	private @Nullable ServletStream streamToWrite() {
		ServletStream stream = this.finite ? null : streamIfEndless();
		this.finite = (stream == null);
		return stream;
	}

	private @Nullable ServletStream streamIfEndless() {
		if (!this.streams.endless().isEndless(getContentType())) {
			return null;
		}
		ServletStream stream = this.stream;
		return (stream != null) ? stream : begin();
	}

	@Override
	public void flushBuffer() throws IOException {
		ServletStream stream = this.finite ? null : streamIfEndless();
		if (stream != null) {
			stream.flush(super::flushBuffer);
		}
		else {
			super.flushBuffer();
		}
	}

	/**
	 * Called when the application has started asynchronous processing.
	 * @param context the context of the container
	 * @return the context for the application
	 */
	AsyncContext started(AsyncContext context) {
		this.asyncContext = context;
		ServletStream stream = this.stream;
		if (stream != null) {
			this.streams.endNow(stream);
		}
		return new StreamableAsyncContext(context, this);
	}

	@Nullable AsyncContext asyncContext() {
		return this.asyncContext;
	}

	HttpServletResponse container() {
		return (HttpServletResponse) getResponse();
	}

	boolean hasWriter() {
		return this.writer != null;
	}

	String method() {
		return this.request.getMethod();
	}

	String path() {
		return this.request.getRequestURI();
	}

	/**
	 * Returns the content type of the stream if it can be ended. If nothing has been
	 * written, the content type is set.
	 * @return the content type, or {@code null} if this is not a stream, or if the
	 * application has compressed it, so that the end of events cannot be detected
	 */
	@Nullable String endlessType() {
		if (this.encoded || this.finite) {
			return null;
		}
		if (getContentType() == null && expectsStream() && !isCommitted() && this.asyncContext != null) {
			setContentType(EndlessStreams.EVENT_STREAM);
		}
		String contentType = getContentType();
		return this.streams.endless().isEndless(contentType) ? contentType : null;
	}

	/**
	 * Completes the stream and returns the response to the container, now that the
	 * application has returned.
	 */
	void finish() {
		ServletStream stream = this.stream;
		if (stream != null) {
			stream.finish();
		}
	}

	/**
	 * Returns the response to the container.
	 */
	void detach() {
		ServletStream stream = this.stream;
		if (stream != null) {
			stream.detach();
		}
	}

	/**
	 * Returns whether a shutdown has ended the stream.
	 * @return whether the application can no longer write
	 */
	boolean isOver() {
		ServletStream stream = this.stream;
		return stream != null && stream.isOver();
	}

	/**
	 * Completes the request if its stream was ended before it became asynchronous.
	 */
	void completeIfEnded() {
		ServletStream stream = this.stream;
		if (stream != null) {
			stream.completeIfEnded();
		}
	}

	/**
	 * Returns whether the application failed because its stream was ended.
	 * @param failure the failure
	 * @return whether the failure can be ignored
	 */
	boolean isEndedBy(Throwable failure) {
		if (!isOver()) {
			return false;
		}
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof AsyncRequestNotUsableException) {
				return true;
			}
		}
		return false;
	}

}
