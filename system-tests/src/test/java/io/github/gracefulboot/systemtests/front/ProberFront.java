package io.github.gracefulboot.systemtests.front;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.systemtests.http.HttpConnection;
import io.github.gracefulboot.systemtests.http.HttpFailureException;
import io.github.gracefulboot.systemtests.http.HttpMessage;
import io.github.gracefulboot.systemtests.http.HttpServerConnection;
import org.awaitility.Awaitility;

/**
 * A load balancer that learns from nothing but readiness probes, and late, as in
 * Kubernetes. It gives each request to the next instance that is up, over connections
 * that it keeps, and repeats none: a failure becomes a 502 that says which it was.
 */
final class ProberFront implements Front {

	private static final Duration PERIOD = Duration.ofSeconds(1);

	private static final Duration ACTS_AFTER = Duration.ofMillis(500);

	private static final Map<String, String> PROBE_HEADERS = Map.of("User-Agent", "prober/1.0", "Connection", "close");

	private static final Set<String> HOP_BY_HOP = Set.of("connection", "keep-alive", "transfer-encoding");

	private final List<Backend> backends;

	private final ServerSocket listener;

	private final AtomicInteger next = new AtomicInteger();

	private final Set<Socket> clients = ConcurrentHashMap.newKeySet();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final ScheduledExecutorService prober;

	ProberFront(List<Integer> ports) {
		this.backends = ports.stream().map(Backend::new).toList();
		this.prober = Executors.newScheduledThreadPool(2 * ports.size());
		try {
			this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.threads.execute(this::accept);
		for (Backend backend : this.backends) {
			this.prober.scheduleAtFixedRate(() -> probe(backend), 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	@Override
	public int port() {
		return this.listener.getLocalPort();
	}

	@Override
	public void awaitUp(AppProcess instance) {
		long now = System.nanoTime();
		Awaitility.await("prober sees port %d".formatted(instance.port()))
			.atMost(UP_TIMEOUT)
			.until(() -> this.backends.stream()
				.anyMatch((backend) -> backend.port() == instance.port() && backend.isUpSince(now)));
	}

	private void probe(Backend backend) {
		long probed = System.nanoTime();
		boolean ready = isReady(backend);
		this.prober.schedule(() -> backend.act(ready, probed), ACTS_AFTER.toMillis(), TimeUnit.MILLISECONDS);
	}

	private boolean isReady(Backend backend) {
		try (HttpConnection connection = HttpConnection.open(backend.port(), PERIOD)) {
			return connection.exchange(HttpMessage.get(Readiness.PATH, PROBE_HEADERS)).isSuccess();
		}
		catch (HttpFailureException ex) {
			return false;
		}
	}

	private void accept() {
		while (!this.listener.isClosed()) {
			try {
				Socket client = this.listener.accept();
				this.clients.add(client);
				this.threads.execute(() -> serve(client));
			}
			catch (IOException ex) {
				// Closed, or the client has gone before it was accepted
			}
		}
	}

	private void serve(Socket client) {
		try {
			HttpServerConnection.serve(client, this::forward);
		}
		catch (IOException ex) {
			// The client closed its connection
		}
		finally {
			this.clients.remove(client);
		}
	}

	private HttpMessage forward(HttpMessage request) {
		List<Backend> up = this.backends.stream().filter(Backend::isUp).toList();
		if (up.isEmpty()) {
			return failure("503 Service Unavailable", "NO_BACKEND");
		}
		Backend backend = up.get(Math.floorMod(this.next.getAndIncrement(), up.size()));
		try {
			HttpMessage response = backend.exchange(withoutHopByHop(request));
			return withoutHopByHop(response);
		}
		catch (HttpFailureException ex) {
			return failure("502 Bad Gateway", ex.kind().name());
		}
	}

	private HttpMessage withoutHopByHop(HttpMessage message) {
		Map<String, String> headers = new TreeMap<>(message.headers());
		headers.keySet().removeIf((name) -> HOP_BY_HOP.contains(name.toLowerCase()));
		return HttpMessage.of(message.startLine(), headers, message.body());
	}

	private HttpMessage failure(String status, String reason) {
		return HttpMessage.of("HTTP/1.1 " + status, Map.of("X-Failure", reason),
				(reason + "\n").getBytes(StandardCharsets.US_ASCII));
	}

	@Override
	public void close() {
		this.prober.shutdownNow();
		try {
			this.listener.close();
			for (Socket client : this.clients) {
				client.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.backends.forEach(Backend::close);
		this.threads.shutdown();
	}

}
