package io.github.gracefulboot.test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

import io.github.gracefulboot.test.http.FailureKind;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.http.HttpMessage;
import io.github.gracefulboot.test.load.RequestKind;
import io.github.gracefulboot.test.process.Await;
import io.github.gracefulboot.test.process.TcpTable;

/**
 * A request that was sent on a connection of its own, and whose response is not there
 * yet.
 */
public final class PendingRequest {

	private static final Duration RESPONSE_TIMEOUT = Duration.ofMinutes(5);

	private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(10);

	/**
	 * After which a request has arrived where the system does not say.
	 */
	private static final Duration UNSEEN = Duration.ofMillis(500);

	private static final Executor THREADS = (task) -> {
		Thread thread = new Thread(task, "graceful-test-request");
		thread.setDaemon(true);
		thread.start();
	};

	private final RequestKind request;

	private final int port;

	private final HttpConnection connection;

	private final CompletableFuture<HttpMessage> response;

	private PendingRequest(RequestKind request, int port, HttpConnection connection,
			CompletableFuture<HttpMessage> response) {
		this.request = request;
		this.port = port;
		this.connection = connection;
		this.response = response;
	}

	static PendingRequest send(int port, RequestKind request) {
		try {
			HttpConnection connection = HttpConnection.open(port, RESPONSE_TIMEOUT);
			HttpMessage message = request.request(0, false);
			connection.send(message);
			return new PendingRequest(request, port, connection,
					CompletableFuture.supplyAsync(() -> receive(connection, message), THREADS));
		}
		catch (HttpFailureException ex) {
			throw new IllegalStateException("%s could not be sent to port %d: %s".formatted(request, port, ex.kind()),
					ex);
		}
	}

	private static HttpMessage receive(HttpConnection connection, HttpMessage request) {
		try (connection) {
			return connection.receive(request);
		}
		catch (HttpFailureException ex) {
			throw new CompletionException(ex);
		}
	}

	/**
	 * Waits until the application has accepted the connection and read the request, which
	 * the tables of Linux say. On other systems, waits for half a second.
	 * @return this request
	 */
	public PendingRequest awaitArrived() {
		if (TcpTable.isAvailable()) {
			Await.until("%s to arrive at port %d".formatted(this.request, this.port), ARRIVES_WITHIN,
					() -> this.response.isDone() || TcpTable.hasRead(this.port, this.connection.localPort()));
		}
		else {
			long arrived = System.nanoTime() + UNSEEN.toNanos();
			Await.until("%s to arrive".formatted(this.request), ARRIVES_WITHIN, () -> System.nanoTime() - arrived > 0);
		}
		return this;
	}

	/**
	 * Waits for the response.
	 * @return its status
	 * @throws AssertionError if there was none
	 */
	public int awaitStatus() {
		try {
			return this.response.join().status();
		}
		catch (CompletionException ex) {
			throw new AssertionError("%s got no response: %s".formatted(this.request, ex.getCause()), ex);
		}
	}

	/**
	 * Waits until there will be no response any more.
	 * @return how the request failed
	 * @throws AssertionError if there was a response
	 */
	public FailureKind awaitFailure() {
		try {
			throw new AssertionError("%s was answered: %s".formatted(this.request, this.response.join().startLine()));
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof HttpFailureException failure) {
				return failure.kind();
			}
			throw ex;
		}
	}

	/**
	 * Says whether there is a response, or will never be one.
	 * @return whether nothing is left to wait for
	 */
	public boolean isDone() {
		return this.response.isDone();
	}

}
