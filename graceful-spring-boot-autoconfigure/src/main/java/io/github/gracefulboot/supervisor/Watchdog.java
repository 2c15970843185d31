package io.github.gracefulboot.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.github.gracefulboot.shutdown.Deadline;
import io.github.gracefulboot.shutdown.GracefulShutdown;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Gives signs of life to the supervisors that want them, as long as every liveness check
 * says so. A check that hangs is none that says so. A stop is a sign of life by itself
 * until its budget is spent, whatever checks say of beans that are being destroyed.
 */
final class Watchdog {

	private static final Log logger = LogFactory.getLog(Watchdog.class);

	private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "graceful-watchdog");
		thread.setDaemon(true);
		return thread;
	});

	private final Supervisors supervisors;

	private final GracefulShutdown shutdown;

	private final Supplier<List<LivenessCheck>> checks;

	private boolean broken;

	Watchdog(Supervisors supervisors, GracefulShutdown shutdown, Supplier<List<LivenessCheck>> checks) {
		this.supervisors = supervisors;
		this.shutdown = shutdown;
		this.checks = checks;
	}

	/**
	 * Begins to give signs of life, twice in the time after which a supervisor would miss
	 * them.
	 */
	void start() {
		for (SupervisorLink link : this.supervisors.links()) {
			link.supervisor().watchdogTimeout().ifPresent((timeout) -> watch(link, timeout.dividedBy(2)));
		}
	}

	private void watch(SupervisorLink link, Duration interval) {
		this.executor.scheduleAtFixedRate(() -> {
			if (this.supervisors.isClosed()) {
				this.executor.shutdownNow();
			}
			else if (isLive(link.supervisor().name())) {
				link.tell(Supervisor::alive);
			}
		}, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
	}

	private boolean isLive(String supervisor) {
		Deadline stop = this.shutdown.getDeadline();
		return (stop != null) ? !stop.hasPassed() : isHealthy(supervisor);
	}

	private boolean isHealthy(String supervisor) {
		Optional<String> reason = this.checks.get()
			.stream()
			.map(Watchdog::whyBroken)
			.flatMap(Optional::stream)
			.findFirst();
		if (reason.isPresent() && !this.broken) {
			logger.warn(LogMessage.format("%s gets no signs of life any more and will kill this process: %s",
					supervisor, reason.get()));
		}
		this.broken = reason.isPresent();
		return !this.broken;
	}

	private static Optional<String> whyBroken(LivenessCheck check) {
		try {
			return check.whyBroken();
		}
		catch (RuntimeException ex) {
			logger.debug("A liveness check failed, which is no reason to be killed", ex);
			return Optional.empty();
		}
	}

}
