package io.github.gracefulboot.test.load;

import java.time.Duration;
import java.time.Instant;
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
import io.github.gracefulboot.test.process.Await;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over raw sockets until it is stopped or its load's bounds are reached. A
 * failed request is counted and never repeated.
 */
public final class LoadClient implements AutoCloseable {

	/**
	 * So that a port where nobody listens is not asked thousands of times a second.
	 */
	private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(10);

	private static final Duration LONGER_THAN_A_START = Duration.ofSeconds(60);

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	/**
	 * Numbers requests, so that each differs from all others that this JVM sends.
	 */
	private static final AtomicLong NUMBERS = new AtomicLong();

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
			boolean keepAlive = load.isKept(i);
			client.workers.add(client.threads.submit(() -> client.sendAll(keepAlive)));
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
	 * Waits until so many more requests were answered or failed, or the load's own bounds
	 * are reached.
	 * @param requests how many
	 */
	public void awaitMore(int requests) {
		long wanted = total() + requests;
		Await.until("%d more requests of %s".formatted(requests, this.load), LONGER_THAN_A_START,
				() -> total() >= wanted || this.workers.stream().allMatch(Future::isDone));
	}

	/**
	 * Ends the load after so many more requests.
	 * @param requests how many
	 * @return what became of it
	 */
	public LoadReport stopAfter(int requests) {
		awaitMore(requests);
		return stop();
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

	private void sendAll(boolean keepAlive) {
		HttpConnection connection = null;
		while (mayGoOn()) {
			long index = this.sent.getAndIncrement();
			if (index >= this.load.maxRequests()) {
				break;
			}
			long due = due(index);
			awaitTime(due);
			RequestKind kind = this.load.kinds().get((int) (index % this.load.kinds().size()));
			connection = send(kind, keepAlive, due, connection);
		}
		if (connection != null) {
			connection.close();
		}
	}

	private boolean mayGoOn() {
		return !this.stopped && elapsed().compareTo(this.load.maxDuration()) < 0;
	}

	/**
	 * When a request is to be sent, as {@link System#nanoTime()}: now, or when its rate
	 * says.
	 */
	private long due(long index) {
		return (this.load.perSecond() > 0) ? this.started + index * SECOND / this.load.perSecond() : System.nanoTime();
	}

	private void awaitTime(long due) {
		long left = due - System.nanoTime();
		while (left > 0 && !this.stopped) {
			LockSupport.parkNanos(left);
			left = due - System.nanoTime();
		}
	}

	/**
	 * Sends one request and returns the connection for the next one, if it can be used.
	 */
	private @Nullable HttpConnection send(RequestKind kind, boolean keepAlive, long due,
			@Nullable HttpConnection idle) {
		HttpConnection connection = idle;
		long number = NUMBERS.incrementAndGet();
		HttpMessage request = kind.request(number, keepAlive);
		try {
			if (connection == null) {
				connection = HttpConnection.open(this.port, this.load.responseTimeout());
			}
			HttpMessage response = connection.exchange(request);
			if (response.isSuccess()) {
				this.tally
					.succeeded(new Success(Instant.now(), number, kind, Duration.ofNanos(System.nanoTime() - due)));
			}
			else {
				failed(number, kind, FailureKind.STATUS, response.status(), describe(response), connection);
			}
			if (connection.isReusable()) {
				return connection;
			}
		}
		catch (HttpFailureException ex) {
			failed(number, kind, ex.kind(), 0, String.valueOf(ex.getMessage()), connection);
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

	private void failed(long number, RequestKind request, FailureKind kind, int status, String cause,
			@Nullable HttpConnection connection) {
		int localPort = (connection != null) ? connection.localPort() : 0;
		this.tally.failed(new Failure(Instant.now(), number, request, kind, status, cause, localPort));
		LockSupport.parkNanos(PAUSE_AFTER_FAILURE.toNanos());
	}

	@Override
	public void close() {
		this.stopped = true;
		this.threads.shutdown();
	}

}
