package io.github.gracefulboot.web.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A request whose response may become a stream that does not end by itself. An
 * application that continues asynchronously receives that response instead of the
 * container's.
 */
final class StreamableRequest extends HttpServletRequestWrapper {

	private final StreamableResponse response;

	StreamableRequest(HttpServletRequest request, StreamableResponse response) {
		super(request);
		this.response = response;
	}

	@Override
	public AsyncContext startAsync() {
		return startAsync(this, this.response);
	}

	@Override
	public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
		return this.response.started(super.startAsync(request, response));
	}

	/**
	 * A container throws an exception if there is no context, but Spring's mock of a
	 * request returns {@code null}.
	 */
	@Override
	public @Nullable AsyncContext getAsyncContext() {
		AsyncContext context = super.getAsyncContext();
		return (context != null) ? new StreamableAsyncContext(context, this.response) : null;
	}

}
