package io.github.gracefulboot.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.traffic.Prober;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Holds back the word that the start is over until load balancers have seen it, so that a
 * supervisor does not go on to stop the next instance before they use this one.
 */
final class ReadyGate {

	private static final Log logger = LogFactory.getLog(ReadyGate.class);

	private static final Duration INTERVAL = Duration.ofMillis(50);

	private final Duration delay;

	private final int probes;

	private final Duration max;

	private final Supplier<List<Prober>> probers;

	private volatile boolean waiting;

	private volatile boolean closed;

	/**
	 * Creates the gate.
	 * @param delay how long to wait at least
	 * @param probes how many successful answers in a row each prober has to get, or 0
	 * @param max how long to wait for them at the most
	 * @param probers who probes now
	 */
	ReadyGate(Duration delay, int probes, Duration max, Supplier<List<Prober>> probers) {
		this.delay = delay;
		this.probes = probes;
		this.max = Durations.longer(delay, max);
		this.probers = probers;
	}

	boolean isWaiting() {
		return this.waiting;
	}

	/**
	 * Begins to wait.
	 * @param action called when the wait is over, at once if there is nothing to wait for
	 */
	void whenOpen(Runnable action) {
		if (this.closed) {
			return;
		}
		if (this.delay.isZero() && this.probes == 0) {
			action.run();
			return;
		}
		this.waiting = true;
		long since = System.nanoTime();
		ScheduledExecutorService executor = Executors
			.newSingleThreadScheduledExecutor(DaemonThreads.factory("graceful-ready"));
		executor.scheduleWithFixedDelay(() -> {
			boolean open = isOpen(Duration.ofNanos(System.nanoTime() - since));
			if (this.closed || open) {
				executor.shutdown();
				this.waiting = false;
			}
			if (open && !this.closed) {
				action.run();
			}
		}, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
	}

	private boolean isOpen(Duration waited) {
		if (waited.compareTo(this.delay) < 0) {
			return false;
		}
		if (this.probes == 0 || haveSeen()) {
			return true;
		}
		if (waited.compareTo(this.max) < 0) {
			return false;
		}
		logger.warn(LogMessage.format(
				"No load balancer was answered %d successful readiness probes in %s (graceful.ready.probes): "
						+ "supervisors are told that the start is over all the same",
				this.probes, Durations.text(waited)));
		return true;
	}

	private boolean haveSeen() {
		try {
			List<Prober> probers = this.probers.get();
			return !probers.isEmpty() && probers.stream().allMatch((prober) -> prober.successesInARow() >= this.probes);
		}
		catch (RuntimeException | Error ex) {
			logger.debug("Nobody can tell who probes", ex);
			return false;
		}
	}

	void close() {
		this.closed = true;
	}

}
