package io.github.gracefulboot.web.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;

/**
 * Decorates the context of the container, so that the application may complete its
 * request while a shutdown ends its stream: whichever is first completes the request.
 */
final class StreamableAsyncContext implements AsyncContext {

	private final AsyncContext container;

	private final StreamableResponse response;

	StreamableAsyncContext(AsyncContext container, StreamableResponse response) {
		this.container = container;
		this.response = response;
	}

	@Override
	public void complete() {
		if (!this.response.isOver()) {
			this.response.detach();
			this.container.complete();
		}
	}

	@Override
	public ServletRequest getRequest() {
		return this.container.getRequest();
	}

	@Override
	public ServletResponse getResponse() {
		return this.container.getResponse();
	}

	@Override
	public boolean hasOriginalRequestAndResponse() {
		return this.container.hasOriginalRequestAndResponse() || this.container.getResponse() == this.response;
	}

	@Override
	public void dispatch() {
		if (!this.response.isOver()) {
			this.response.dispatched();
			this.container.dispatch();
		}
	}

	@Override
	public void dispatch(String path) {
		if (!this.response.isOver()) {
			this.response.dispatched();
			this.container.dispatch(path);
		}
	}

	@Override
	public void dispatch(ServletContext context, String path) {
		if (!this.response.isOver()) {
			this.response.dispatched();
			this.container.dispatch(context, path);
		}
	}

	@Override
	public void start(Runnable run) {
		this.container.start(run);
	}

	@Override
	public void addListener(AsyncListener listener) {
		this.container.addListener(listener);
	}

	@Override
	public void addListener(AsyncListener listener, ServletRequest request, ServletResponse response) {
		this.container.addListener(listener, request, response);
	}

	@Override
	public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
		return this.container.createListener(type);
	}

	@Override
	public void setTimeout(long timeout) {
		this.container.setTimeout(timeout);
	}

	@Override
	public long getTimeout() {
		return this.container.getTimeout();
	}

}
