package io.github.gracefulboot.test.load;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.github.gracefulboot.test.http.FailureKind;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.http.HttpMessage;

/**
 * Sends requests over raw sockets until it is stopped or its load's bounds are reached. A
 * failed request is counted and never repeated.
 */
public final class LoadClient implements AutoCloseable {

	/**
	 * So that a port where nobody listens is not asked thousands of times a second.
	 */
	private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(10);

	private final Load load;

	private final int port;

	private final Tally tally = new Tally();

	private final AtomicLong sent = new AtomicLong();

	private final long started = System.nanoTime();

	private final ExecutorService threads;

	private final List<Future<?>> workers = new ArrayList<>();

	private volatile boolean stopped;

	private LoadClient(Load load, int port) {
		this.load = load;
		this.port = port;
		this.threads = Executors.newFixedThreadPool(load.connections());
	}

	public static LoadClient start(Load load, int port) {
		LoadClient client = new LoadClient(load, port);
		for (int i = 0; i < load.connections(); i++) {
			client.workers.add(client.threads.submit(client::sendAll));
		}
		return client;
	}

	/**
	 * Sends the whole of a load that is bounded.
	 * @param load what to send
	 * @param port a port of the loopback interface
	 * @return what became of it
	 */
	public static LoadReport run(Load load, int port) {
		try (LoadClient client = start(load, port)) {
			return client.await();
		}
	}

	public long total() {
		return this.tally.total();
	}

	/**
	 * Ends the load after the requests that are under way.
	 * @return what became of it
	 */
	public LoadReport stop() {
		this.stopped = true;
		return await();
	}

	/**
	 * Waits for the load's own bounds.
	 * @return what became of it
	 */
	public LoadReport await() {
		try {
			for (Future<?> worker : this.workers) {
				worker.get();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while the load runs", ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("The load client is broken", ex.getCause());
		}
		return this.tally.report(this.load, elapsed());
	}

	private Duration elapsed() {
		return Duration.ofNanos(System.nanoTime() - this.started);
	}

	private void sendAll() {
		HttpMessage request = this.load.request();
		HttpConnection connection = null;
		while (mayGoOn()) {
			connection = send(request, connection);
		}
		if (connection != null) {
			connection.close();
		}
	}

	private boolean mayGoOn() {
		return !this.stopped && elapsed().compareTo(this.load.maxDuration()) < 0
				&& this.sent.getAndIncrement() < this.load.maxRequests();
	}

	/**
	 * Sends one request and returns the connection for the next one, if it can be used.
	 */
	private HttpConnection send(HttpMessage request, HttpConnection idle) {
		HttpConnection connection = idle;
		long begin = System.nanoTime();
		try {
			if (connection == null) {
				connection = HttpConnection.open(this.port, this.load.responseTimeout());
			}
			HttpMessage response = connection.exchange(request);
			if (response.isSuccess()) {
				this.tally.succeeded(Duration.ofNanos(System.nanoTime() - begin));
			}
			else {
				failed(FailureKind.STATUS, response.status(), describe(response), connection);
			}
			if (connection.isReusable()) {
				return connection;
			}
		}
		catch (HttpFailureException ex) {
			failed(ex.kind(), 0, ex.getMessage(), connection);
		}
		if (connection != null) {
			connection.close();
		}
		return null;
	}

	private String describe(HttpMessage response) {
		String statusLine = response.startLine().substring(response.startLine().indexOf(' ') + 1);
		return (statusLine + " " + response.header(Failure.REASON_HEADER)).trim();
	}

	private void failed(FailureKind kind, int status, String cause, HttpConnection connection) {
		int localPort = (connection != null) ? connection.localPort() : 0;
		this.tally.failed(new Failure(LocalDateTime.now(), kind, status, cause, localPort));
		LockSupport.parkNanos(PAUSE_AFTER_FAILURE.toNanos());
	}

	@Override
	public void close() {
		this.stopped = true;
		this.threads.shutdown();
	}

}
