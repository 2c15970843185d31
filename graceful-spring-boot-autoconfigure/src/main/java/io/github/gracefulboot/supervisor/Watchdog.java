package io.github.gracefulboot.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.shutdown.DaemonThreads;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.core.log.LogMessage;

/**
 * Gives signs of life to the supervisors that want them, as long as every liveness check
 * says so. A check that hangs is none that says so. A stop is a sign of life by itself
 * until its budget is spent, whatever checks say of beans that are being destroyed. A
 * process that goes on without the context gets signs of life until its next one is
 * ready, for as long as a start may take.
 */
final class Watchdog implements AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(Watchdog.class);

	private static final String NO_RESULT = "its liveness checks do not return";

	/**
	 * Of the process rather than of a context: who gives signs of life while it has none.
	 */
	private static final AtomicReference<@Nullable Watchdog> BETWEEN_CONTEXTS = new AtomicReference<>();

	private final ScheduledExecutorService clock = Executors
		.newSingleThreadScheduledExecutor(DaemonThreads.factory("graceful-watchdog"));

	private final ExecutorService executor = Executors.newCachedThreadPool(DaemonThreads.factory("graceful-liveness"));

	private final Supervisors supervisors;

	private final Supplier<@Nullable Deadline> stop;

	private final Supplier<List<LivenessCheck>> checks;

	private final BooleanSupplier processEnds;

	private final Duration longestStart;

	private final List<SupervisorLink> watching = new CopyOnWriteArrayList<>();

	private volatile @Nullable Deadline restart;

	/**
	 * Creates a watchdog that does not watch yet.
	 * @param supervisors who wants signs of life
	 * @param stop when the stop has to be over, or {@code null} while none has begun
	 * @param checks what is checked
	 * @param processEnds whether the process ends with the context
	 * @param longestStart how long the process may be without a context that is ready
	 */
	Watchdog(Supervisors supervisors, Supplier<@Nullable Deadline> stop, Supplier<List<LivenessCheck>> checks,
			BooleanSupplier processEnds, Duration longestStart) {
		this.supervisors = supervisors;
		this.stop = stop;
		this.checks = checks;
		this.processEnds = processEnds;
		this.longestStart = longestStart;
		supervisors.atEnd(this::contextCloses);
	}

	/**
	 * Begins to give signs of life, twice in the time after which a supervisor would miss
	 * them.
	 */
	void start() {
		for (SupervisorLink link : this.supervisors.links()) {
			link.tell((supervisor) -> supervisor.watchdogTimeout()
				.ifPresent((timeout) -> watch(link, timeout.dividedBy(2))));
		}
		endThatOf(null);
	}

	private static void endThatOf(@Nullable Watchdog next) {
		Watchdog previous = BETWEEN_CONTEXTS.getAndSet(next);
		if (previous != null) {
			previous.stop();
		}
	}

	private void watch(SupervisorLink link, Duration interval) {
		try {
			this.clock.scheduleAtFixedRate(new Watch(link, interval.multipliedBy(3).dividedBy(4)), 0,
					interval.toNanos(), TimeUnit.NANOSECONDS);
			this.watching.add(link);
		}
		catch (RejectedExecutionException ex) {
			// The context closes already
		}
	}

	private Optional<String> whyBroken() {
		try {
			return this.checks.get().stream().map(Watchdog::whyBroken).flatMap(Optional::stream).findFirst();
		}
		catch (RuntimeException ex) {
			logger.debug("Nobody can check liveness, which is no reason to be killed", ex);
			return Optional.empty();
		}
	}

	private static Optional<String> whyBroken(LivenessCheck check) {
		try {
			return check.whyBroken();
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("A liveness check failed, which is no reason to be killed", ex);
			return Optional.empty();
		}
	}

	private void contextCloses() {
		if (this.restart != null) {
			return;
		}
		if (this.watching.isEmpty() || this.processEnds.getAsBoolean()) {
			stop();
			return;
		}
		this.executor.shutdownNow();
		this.watching.forEach(SupervisorLink::keep);
		this.restart = Deadline.after(System::nanoTime, this.longestStart);
		endThatOf(this);
		this.clock.schedule(this::stop, this.longestStart.toNanos(), TimeUnit.NANOSECONDS);
	}

	private void stop() {
		this.clock.shutdownNow();
		this.executor.shutdownNow();
		if (this.restart != null) {
			this.watching.forEach(SupervisorLink::release);
		}
	}

	/**
	 * Watches for one supervisor. The checks run on another thread than the clock, which
	 * so notices that they hang.
	 */
	private final class Watch implements Runnable {

		private final SupervisorLink link;

		private final Duration longestCheck;

		private final AtomicBoolean checking = new AtomicBoolean();

		/**
		 * Why there are no signs of life, as it was said.
		 */
		private @Nullable String said;

		private Watch(SupervisorLink link, Duration longestCheck) {
			this.link = link;
			this.longestCheck = longestCheck;
		}

		/**
		 * Goes on after an error, such as when memory is short for a moment: the clock
		 * would never call again.
		 */
		@Override
		public void run() {
			try {
				giveSign();
			}
			catch (RuntimeException | Error ex) {
				logger.debug(LogMessage.format("%s gets no sign of life this time", this.link.name()), ex);
			}
		}

		private void giveSign() {
			Deadline restart = Watchdog.this.restart;
			Deadline stop = (restart != null) ? restart : Watchdog.this.stop.get();
			if (stop != null) {
				if (!stop.hasPassed()) {
					this.link.tell(Supervisor::alive);
				}
			}
			else if (this.checking.compareAndSet(false, true)) {
				try {
					Watchdog.this.clock.schedule(this::warnIfChecking, this.longestCheck.toNanos(),
							TimeUnit.NANOSECONDS);
					Watchdog.this.executor.execute(this::check);
				}
				catch (OutOfMemoryError ex) {
					// No thread left: on that of the clock
					check();
				}
			}
		}

		private void warnIfChecking() {
			if (this.checking.get()) {
				report(NO_RESULT);
			}
		}

		private void check() {
			try {
				String reason = whyBroken().orElse(null);
				report(reason);
				if (reason == null && !Watchdog.this.executor.isShutdown()) {
					this.link.tell(Supervisor::alive);
				}
			}
			finally {
				this.checking.set(false);
			}
		}

		/**
		 * Warns once, and again only if checks that did not return have returned after
		 * all, and say why.
		 */
		private synchronized void report(@Nullable String reason) {
			if (reason != null && (this.said == null || (NO_RESULT.equals(this.said) && !NO_RESULT.equals(reason)))) {
				logger.warn(LogMessage.format("%s gets no signs of life any more and will kill this process: %s",
						this.link.name(), reason));
				this.said = reason;
			}
			else if (reason == null) {
				this.said = null;
			}
		}

	}

}
