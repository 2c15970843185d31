package io.github.gracefulboot.test.balancer;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.gracefulboot.test.balancer.Balancer.Backends;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.http.HttpMessage;
import io.github.gracefulboot.test.process.Await;
import org.jspecify.annotations.Nullable;

/**
 * Learns which instances are up from nothing but readiness probes, and late, as
 * Kubernetes does.
 */
final class ReadinessProber {

	private final Prober prober;

	private final @Nullable HttpMessage probe;

	private final List<Backend> backends;

	private final AtomicInteger next = new AtomicInteger();

	private final ScheduledExecutorService executor;

	ReadinessProber(Prober prober, Backends backends) {
		this.prober = prober;
		this.probe = (backends.readinessPath() != null) ? HttpMessage.get(backends.readinessPath(),
				Map.of("User-Agent", prober.userAgent(), "Connection", "close")) : null;
		this.backends = backends.ports()
			.stream()
			.map((port) -> new Backend(port, prober.fallsAfter(), prober.risesAfter()))
			.toList();
		this.executor = Executors.newScheduledThreadPool(2 * this.backends.size());
	}

	void start() {
		for (Backend backend : this.backends) {
			this.executor.scheduleAtFixedRate(() -> probe(backend), 0, this.prober.period().toMillis(),
					TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * The next instance that is up, in turn.
	 * @return the instance, if any is up
	 */
	Optional<Backend> next() {
		List<Backend> up = this.backends.stream().filter(Backend::isUp).toList();
		return up.isEmpty() ? Optional.empty()
				: Optional.of(up.get(Math.floorMod(this.next.getAndIncrement(), up.size())));
	}

	void awaitUp(int instance) {
		long now = System.nanoTime();
		Await.until("the prober to see port %d".formatted(instance), RunningBalancer.UP_TIMEOUT,
				() -> this.backends.stream()
					.anyMatch((backend) -> backend.port() == instance && backend.isUpSince(now)));
	}

	private void probe(Backend backend) {
		long probed = System.nanoTime();
		boolean ready = isReady(backend);
		this.executor.schedule(() -> backend.act(ready, probed), this.prober.actsAfter().toMillis(),
				TimeUnit.MILLISECONDS);
	}

	private boolean isReady(Backend backend) {
		try (HttpConnection connection = HttpConnection.open(backend.port(), this.prober.period())) {
			return this.probe == null || connection.exchange(this.probe).isSuccess();
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
