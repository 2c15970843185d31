package io.github.gracefulboot.test.balancer;

import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.http.HttpMessage;

/**
 * One instance behind a {@link RequestBalancer}, with the idle connections to it. As in
 * HAProxy and nginx, a connection that the instance closed leaves the pool at once, so
 * that only a real race can lose a request on it.
 */
final class Backend {

	private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(30);

	private final int port;

	private final int fallsAfter;

	private final int risesAfter;

	private final Deque<HttpConnection> idle = new ConcurrentLinkedDeque<>();

	private int failures;

	private int successes;

	private volatile boolean up;

	/**
	 * The {@link System#nanoTime()} of the last probe whose answer was good.
	 */
	private volatile long probed = Long.MIN_VALUE;

	/**
	 * Knows an instance, which is down until enough answers say otherwise.
	 * @param port its port
	 * @param fallsAfter how many answers in a row have to fail before it is down
	 * @param risesAfter how many have to succeed before it is up
	 */
	Backend(int port, int fallsAfter, int risesAfter) {
		this.port = port;
		this.fallsAfter = fallsAfter;
		this.risesAfter = risesAfter;
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

	/**
	 * Acts on an answer. Those of one instance come in the order of their probes.
	 * @param ready whether the answer was good
	 * @param probed the {@link System#nanoTime()} of the probe
	 */
	synchronized void act(boolean ready, long probed) {
		this.successes = ready ? this.successes + 1 : 0;
		this.failures = ready ? 0 : this.failures + 1;
		if (this.up ? this.failures >= this.fallsAfter : this.successes >= this.risesAfter) {
			this.up = !this.up;
		}
		if (ready) {
			this.probed = probed;
		}
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
