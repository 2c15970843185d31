package io.github.gracefulboot.systemtests.front;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.systemtests.http.HttpConnection;
import io.github.gracefulboot.systemtests.http.HttpFailureException;
import io.github.gracefulboot.systemtests.http.HttpMessage;
import org.awaitility.Awaitility;

/**
 * Learns which instances are up from nothing but readiness probes, and late, as
 * Kubernetes does.
 */
final class ReadinessProber {

	private static final Duration PERIOD = Duration.ofSeconds(1);

	private static final Duration ACTS_AFTER = Duration.ofMillis(500);

	private static final Map<String, String> HEADERS = Map.of("User-Agent", "prober/1.0", "Connection", "close");

	private final List<Backend> backends;

	private final AtomicInteger next = new AtomicInteger();

	private final ScheduledExecutorService executor;

	ReadinessProber(List<Integer> ports) {
		this.backends = ports.stream().map(Backend::new).toList();
		this.executor = Executors.newScheduledThreadPool(2 * ports.size());
	}

	void start() {
		for (Backend backend : this.backends) {
			this.executor.scheduleAtFixedRate(() -> probe(backend), 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * The next instance that is up, in turn.
	 */
	Optional<Backend> next() {
		List<Backend> up = this.backends.stream().filter(Backend::isUp).toList();
		return up.isEmpty() ? Optional.empty()
				: Optional.of(up.get(Math.floorMod(this.next.getAndIncrement(), up.size())));
	}

	void awaitUp(AppProcess instance) {
		long now = System.nanoTime();
		Awaitility.await("prober sees port %d".formatted(instance.port()))
			.atMost(Front.UP_TIMEOUT)
			.until(() -> this.backends.stream()
				.anyMatch((backend) -> backend.port() == instance.port() && backend.isUpSince(now)));
	}

	private void probe(Backend backend) {
		long probed = System.nanoTime();
		boolean ready = isReady(backend);
		this.executor.schedule(() -> backend.act(ready, probed), ACTS_AFTER.toMillis(), TimeUnit.MILLISECONDS);
	}

	private boolean isReady(Backend backend) {
		try (HttpConnection connection = HttpConnection.open(backend.port(), PERIOD)) {
			return connection.exchange(HttpMessage.get(Readiness.PATH, HEADERS)).isSuccess();
		}
		catch (HttpFailureException ex) {
			return false;
		}
	}

	void close() {
		this.executor.shutdownNow();
		this.backends.forEach(Backend::close);
	}

}
