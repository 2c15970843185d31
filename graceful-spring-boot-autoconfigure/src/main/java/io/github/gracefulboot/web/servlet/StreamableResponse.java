package io.github.gracefulboot.web.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Set;
import java.util.function.Supplier;

import io.github.gracefulboot.shutdown.StreamEnds.Source;
import io.github.gracefulboot.web.stream.EndlessStreams;
import io.github.gracefulboot.web.stream.FinitePublisher;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/**
 * A response that may become a stream that does not end by itself. Otherwise, the
 * application writes directly to the response of the container.
 */
final class StreamableResponse extends HttpServletResponseWrapper {

	/**
	 * {@code HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE} of Spring MVC, which an
	 * application need not have.
	 */
	private static final String PATTERN = "org.springframework.web.servlet.HandlerMapping.bestMatchingPattern";

	/**
	 * Patterns that say nothing of what is asked for.
	 */
	private static final Set<String> ANY = Set.of("", "/", "/*");

	private final HttpServletRequest request;

	private final ServletStreams streams;

	private volatile @Nullable ServletStream stream;

	private volatile @Nullable AsyncContext asyncContext;

	private volatile @Nullable StreamOutput output;

	private volatile @Nullable PrintWriter writer;

	/**
	 * Whether what a controller has returned to be written as a stream has an end, worked
	 * out when it is first asked for. Known only where there are reactive types.
	 */
	private volatile Supplier<Source> source = () -> Source.UNKNOWN;

	/**
	 * What the request asked for, as soon as that is known.
	 */
	private volatile @Nullable String endpoint;

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
			begin(null);
		}
	}

	/**
	 * Returns whether the client accepts only a stream, as browsers do. The stream may be
	 * open before its first event, without a content type.
	 */
	private boolean expectsStream() {
		return EndlessStreams.EVENT_STREAM.equals(this.request.getHeader(HttpHeaders.ACCEPT));
	}

	private ServletStream begin(@Nullable Thread writer) {
		ServletStream stream = new ServletStream(this, this.streams, writer);
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
		noteEndpoint();
		return (stream != null) ? stream : begin(Thread.currentThread());
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
			stream.dispatched(false);
			noteEndpoint();
			this.streams.endNow(stream);
		}
		return new StreamableAsyncContext(context, this);
	}

	/**
	 * Called when the application gives the request back to the container, as Spring MVC
	 * does to complete a stream.
	 */
	void dispatched() {
		ServletStream stream = this.stream;
		if (stream != null) {
			stream.dispatched(true);
		}
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
	 * Called with what the controller has returned.
	 * @param body what the stream is made of
	 */
	void returned(Object body) {
		this.source = SingletonSupplier.of(() -> FinitePublisher.sourceOf(body));
	}

	/**
	 * Returns what the stream is made of.
	 * @return what its publisher is, if it has one
	 */
	Source source() {
		return this.source.get();
	}

	/**
	 * Returns what the request asked for, whatever the parts of its path that vary.
	 * @return the method and the pattern of the path, empty if that says nothing, or
	 * {@code null} if the request has not got so far
	 */
	@Nullable String endpoint() {
		return this.endpoint;
	}

	/**
	 * Called by the application, since a container takes requests back when they end.
	 */
	private void noteEndpoint() {
		if (this.endpoint == null) {
			Object pattern = this.request.getAttribute(PATTERN);
			String path = (pattern != null) ? pattern.toString() : this.request.getHttpServletMapping().getPattern();
			boolean any = pattern == null && ANY.contains(path);
			this.endpoint = any ? "" : method() + " " + path;
			this.streams.look();
		}
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
	 * Called when the client has left, or when the time of the request is over.
	 */
	void fail() {
		ServletStream stream = this.stream;
		if (stream != null) {
			stream.fail();
		}
	}

	/**
	 * Called when the request is over, however that came about.
	 */
	void requestEnded() {
		ServletStream stream = this.stream;
		if (stream != null) {
			stream.requestEnded();
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
