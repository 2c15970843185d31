package io.github.gracefulboot.web.tomcat;

import java.util.concurrent.atomic.AtomicInteger;

import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;

/**
 * Passes the requests of an HTTP/2 connection on to the application and counts those that
 * a thread is processing, until the last byte of the response is written.
 */
final class Http2Requests implements Adapter {

	private final Adapter delegate;

	private final AtomicInteger served = new AtomicInteger();

	private volatile boolean anyCame;

	private volatile Runnable beforeEach = () -> {
	};

	Http2Requests(Adapter delegate) {
		this.delegate = delegate;
	}

	void beforeEach(Runnable task) {
		this.beforeEach = task;
	}

	boolean anyCame() {
		return this.anyCame;
	}

	boolean areServed() {
		return this.served.get() > 0;
	}

	@Override
	public void service(Request request, Response response) throws Exception {
		this.served.incrementAndGet();
		try {
			this.anyCame = true;
			this.beforeEach.run();
			this.delegate.service(request, response);
		}
		finally {
			this.served.decrementAndGet();
		}
	}

	@Override
	public boolean asyncDispatch(Request request, Response response, SocketEvent status) throws Exception {
		this.served.incrementAndGet();
		try {
			return this.delegate.asyncDispatch(request, response, status);
		}
		finally {
			this.served.decrementAndGet();
		}
	}

	@Override
	public boolean prepare(Request request, Response response) throws Exception {
		return this.delegate.prepare(request, response);
	}

	@Override
	public void log(Request request, Response response, long time) {
		this.delegate.log(request, response, time);
	}

	@Override
	public void checkRecycled(Request request, Response response) {
		this.delegate.checkRecycled(request, response);
	}

	@Override
	public String getDomain() {
		return this.delegate.getDomain();
	}

}
