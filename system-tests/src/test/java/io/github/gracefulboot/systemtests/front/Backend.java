package io.github.gracefulboot.systemtests.front;

import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

import io.github.gracefulboot.systemtests.http.HttpConnection;
import io.github.gracefulboot.systemtests.http.HttpFailureException;
import io.github.gracefulboot.systemtests.http.HttpMessage;

/**
 * One instance behind a {@link ProberFront}, with the idle connections to it. As in
 * HAProxy and nginx, a connection that the instance closed leaves the pool at once, so
 * that only a real race can lose a request on it.
 */
final class Backend {

	private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(30);

	private final int port;

	private final Deque<HttpConnection> idle = new ConcurrentLinkedDeque<>();

	private volatile boolean up;

	/**
	 * The {@link System#nanoTime()} of the probe whose answer was acted on last.
	 */
	private volatile long probed = Long.MIN_VALUE;

	Backend(int port) {
		this.port = port;
	}

	int port() {
		return this.port;
	}

	boolean isUp() {
		return this.up;
	}

	boolean isUpSince(long nanoTime) {
		return this.up && this.probed > nanoTime;
	}

	void act(boolean ready, long probed) {
		this.up = ready;
		this.probed = probed;
	}

	HttpMessage exchange(HttpMessage request) throws HttpFailureException {
		HttpConnection connection = connection();
		try {
			HttpMessage response = connection.exchange(request);
			if (connection.isReusable()) {
				this.idle.push(connection);
			}
			else {
				connection.close();
			}
			return response;
		}
		catch (HttpFailureException ex) {
			connection.close();
			throw ex;
		}
	}

	private HttpConnection connection() throws HttpFailureException {
		HttpConnection connection = this.idle.poll();
		while (connection != null && !connection.isIdle()) {
			connection.close();
			connection = this.idle.poll();
		}
		return (connection != null) ? connection : HttpConnection.open(this.port, RESPONSE_TIMEOUT);
	}

	void close() {
		this.idle.forEach(HttpConnection::close);
	}

}
