package io.github.gracefulboot.startup;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.traffic.Readiness;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.context.ApplicationStartupAware;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.SpringProperties;
import org.springframework.core.log.LogMessage;
import org.springframework.core.metrics.ApplicationStartup;
import org.springframework.core.metrics.StartupStep;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Waits for the dependencies that a start requires. All waits share one timeout, which
 * does not include the time between them. Once the application accepts traffic, there are
 * no more waits, since a bean that is created lazily would delay a request.
 */
public final class StartupChecks implements Readiness.Listener, ApplicationStartupAware, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(StartupChecks.class);

	private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

	private static final double GROWTH = 1.6;

	private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

	/**
	 * The minimum time for an attempt, even if other checks have used up the timeout.
	 */
	private static final Duration SHORTEST_ATTEMPT = Duration.ofMillis(500);

	/**
	 * How long the attempts may take that the start does not depend on.
	 */
	private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(5);

	/**
	 * How long all that the start can do without is waited for: Spring Boot would not
	 * wait.
	 */
	private static final Duration LONGEST_IF_DISPENSABLE = Duration.ofSeconds(5);

	private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);

	private static final int MOST_REFUSALS = 2;

	/**
	 * Name of the step of the start that each wait is.
	 */
	static final String STEP = "graceful.startup.check";

	private static final String ON_REFRESH = DefaultLifecycleProcessor.ON_REFRESH_VALUE;

	private final Duration timeout;

	private final Set<String> excluded;

	private final List<StartupObserver> observers = new CopyOnWriteArrayList<>();

	private final AtomicLong waitedForRequired = new AtomicLong();

	/**
	 * Apart, so that what a start can do without takes no time from what it requires.
	 */
	private final AtomicLong waitedForDispensable = new AtomicLong();

	private final AtomicInteger waits = new AtomicInteger();

	private volatile boolean over;

	private volatile ApplicationStartup startup = ApplicationStartup.DEFAULT;

	/**
	 * Creates the checks.
	 * @param timeout the timeout that all checks share
	 * @param excluded the names of checks to skip
	 */
	StartupChecks(Duration timeout, Set<String> excluded) {
		this.timeout = timeout;
		this.excluded = excluded;
	}

	@Override
	public void setApplicationStartup(ApplicationStartup startup) {
		this.startup = startup;
	}

	Duration timeout() {
		return this.timeout;
	}

	/**
	 * Adds an observer of the waits.
	 * @param observer the observer
	 */
	public void addObserver(StartupObserver observer) {
		this.observers.add(observer);
	}

	/**
	 * Repeats a check until it passes.
	 * @param name the name of the check
	 * @param check the check
	 * @throws StartupCheckFailedException if it does not pass in time, or if a shutdown
	 * is requested
	 */
	public void await(String name, StartupCheck check) {
		if (isSkipped(name)) {
			return;
		}
		long start = System.nanoTime();
		this.waits.incrementAndGet();
		Wait wait = new Wait(name, check, start);
		StartupStep step = this.startup.start(STEP).tag("name", name);
		try {
			wait.run();
		}
		finally {
			step.tag("attempts", () -> String.valueOf(wait.attempts)).tag("passed", () -> String.valueOf(wait.passed));
			step.end();
			this.waits.decrementAndGet();
			wait.waited.addAndGet(System.nanoTime() - start);
		}
	}

	/**
	 * Returns whether there is no wait for a check.
	 * @param name the name of the check
	 * @return whether it is excluded, or nothing is waited for
	 */
	public boolean isSkipped(String name) {
		return this.over || isTrainingRun() || this.excluded.contains(name);
	}

	/**
	 * Makes one attempt at each of several checks, all at the same time.
	 * @param checks the checks by their names
	 * @return the failures of those that did not pass within a few seconds
	 */
	public Map<String, Throwable> attempt(Map<String, ? extends StartupCheck> checks) {
		Map<String, Throwable> failures = new LinkedHashMap<>();
		if (checks.isEmpty()) {
			return failures;
		}
		ExecutorService executor = Executors.newCachedThreadPool(DaemonThreads.factory("graceful-check"));
		try {
			List<Callable<@Nullable Void>> attempts = checks.values().stream().map(StartupChecks::callable).toList();
			Iterator<String> names = checks.keySet().iterator();
			for (Future<?> attempt : executor.invokeAll(attempts, LONGEST_ATTEMPT.toNanos(), TimeUnit.NANOSECONDS)) {
				String name = names.next();
				try {
					attempt.get();
				}
				catch (ExecutionException ex) {
					failures.put(name, (ex.getCause() != null) ? ex.getCause() : ex);
				}
				catch (CancellationException ex) {
					failures.put(name, new TimeoutException("no answer in " + Durations.text(LONGEST_ATTEMPT)));
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			checks.keySet().forEach((name) -> failures.put(name, ex));
		}
		finally {
			executor.shutdownNow();
		}
		return failures;
	}

	private static Callable<@Nullable Void> callable(StartupCheck check) {
		return () -> {
			check.check();
			return null;
		};
	}

	/**
	 * Returns whether the process exits or is checkpointed before lifecycle beans are
	 * started, as for a CDS archive, an AOT cache or a checkpoint. Dependencies are
	 * rarely available then.
	 */
	private static boolean isTrainingRun() {
		return ON_REFRESH.equalsIgnoreCase(SpringProperties.getProperty(DefaultLifecycleProcessor.EXIT_PROPERTY_NAME))
				|| ON_REFRESH
					.equalsIgnoreCase(SpringProperties.getProperty(DefaultLifecycleProcessor.CHECKPOINT_PROPERTY_NAME));
	}

	/**
	 * Returns whether the start is currently waiting for a check.
	 * @return whether it is waiting
	 */
	boolean isWaiting() {
		return this.waits.get() > 0;
	}

	@Override
	public void readinessChanged(boolean accepting) {
		if (accepting) {
			this.over = true;
		}
	}

	private static Duration since(long nanos) {
		return Duration.ofNanos(System.nanoTime() - nanos);
	}

	private static BackOffExecution pauses() {
		ExponentialBackOff backOff = new ExponentialBackOff(FIRST_PAUSE.toMillis(), GROWTH);
		backOff.setMaxInterval(LONGEST_PAUSE.toMillis());
		backOff.setJitter(FIRST_PAUSE.dividedBy(2).toMillis());
		return backOff.start();
	}

	/**
	 * The wait for one check.
	 */
	private final class Wait {

		private final String name;

		private final StartupCheck check;

		private final long start;

		private AtomicLong waited = StartupChecks.this.waitedForRequired;

		private Duration longest = StartupChecks.this.timeout;

		private Deadline deadline;

		private final BackOffExecution pauses = pauses();

		private int attempts;

		private int refusals;

		private boolean passed;

		private @Nullable Throwable failure;

		private Duration nextLine = Duration.ZERO;

		private Wait(String name, StartupCheck check, long start) {
			this.name = name;
			this.check = check;
			this.start = start;
			this.deadline = deadline();
		}

		private Deadline deadline() {
			return Deadline.after(System::nanoTime, this.longest.minusNanos(this.waited.get()));
		}

		private void run() {
			ExecutorService executor = Executors
				.newSingleThreadExecutor(DaemonThreads.factory("graceful-check-" + this.name));
			try (ShutdownDuringStart shutdown = ShutdownDuringStart.interruptCurrentThread()) {
				this.passed = becomesAvailable(executor);
				if (!this.passed) {
					return;
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw StartupCheckFailedException.stopped(this.name, this.attempts, since(this.start), ex);
			}
			finally {
				executor.shutdownNow();
			}
			if (this.attempts > 1) {
				logger.info(LogMessage.format("%s became available after %s", this.name,
						StartupCheckFailedException.waited(this.attempts, since(this.start))));
			}
		}

		private boolean becomesAvailable(ExecutorService executor) throws InterruptedException {
			try {
				for (Throwable failure = attempt(executor); failure != null; failure = attempt(executor)) {
					if (this.attempts == 1 && !whyDispensable().isEmpty()) {
						this.waited = StartupChecks.this.waitedForDispensable;
						this.longest = Durations.shorter(this.longest, LONGEST_IF_DISPENSABLE);
						this.deadline = deadline();
					}
					report(failure);
					if (isRefusedAgain(failure)) {
						return false;
					}
					Duration pause = Duration.ofMillis(this.pauses.nextBackOff());
					TimeUnit.NANOSECONDS.sleep(this.deadline.atMost(pause).remaining().toNanos());
					if (this.deadline.hasPassed()) {
						fail(false);
						return false;
					}
				}
				return true;
			}
			catch (TimeoutException ex) {
				fail(true);
				return false;
			}
		}

		/**
		 * Returns whether the credentials were refused for the second time in a row: a
		 * server that is being set up may refuse them once. Spring Boot then makes of it
		 * what it would have made without the check.
		 */
		private boolean isRefusedAgain(Throwable failure) {
			this.refusals = RefusedCredentials.areTheCauseOf(failure) ? this.refusals + 1 : 0;
			if (this.refusals < MOST_REFUSALS) {
				return false;
			}
			logger.warn(LogMessage.format(
					"%s refuses the credentials. Not trying again, so that the account is not locked; "
							+ "whatever uses it will fail: %s",
					this.name, StartupCheckFailedException.reason(failure)));
			return true;
		}

		/**
		 * Makes one attempt.
		 * @param executor the executor to run it on
		 * @return the failure, or {@code null} if the check passed
		 * @throws InterruptedException if the wait was interrupted
		 * @throws TimeoutException if the attempt does not return in time
		 */
		private @Nullable Throwable attempt(ExecutorService executor) throws InterruptedException, TimeoutException {
			this.attempts++;
			Future<?> attempt = executor.submit(() -> {
				this.check.check();
				return null;
			});
			try {
				attempt.get(Durations.longer(this.deadline.remaining(), SHORTEST_ATTEMPT).toNanos(),
						TimeUnit.NANOSECONDS);
				return null;
			}
			catch (ExecutionException ex) {
				this.failure = (ex.getCause() != null) ? ex.getCause() : ex;
				return this.failure;
			}
		}

		private void report(Throwable failure) {
			Duration waited = since(this.start);
			String status = "Waiting for %s: %s (attempt %d, %s of %s)".formatted(this.name,
					StartupCheckFailedException.reason(failure), this.attempts, Durations.text(waited),
					Durations.text(StartupChecks.this.timeout));
			if (waited.compareTo(this.nextLine) >= 0) {
				this.nextLine = waited.plus(BETWEEN_LINES);
				logger.info(status);
			}
			StartupChecks.this.observers.forEach((observer) -> observer.waitsFor(status));
		}

		private String whyDispensable() {
			return (this.check instanceof DispensableCheck dispensable) ? dispensable.whyDispensable() : "";
		}

		/**
		 * Ends the wait, and the start unless that can do without.
		 */
		private void fail(boolean hung) {
			StartupCheckFailedException failed = StartupCheckFailedException.timedOut(this.name, this.attempts,
					since(this.start), hung, this.failure);
			String reason = whyDispensable();
			if (reason.isEmpty()) {
				throw failed;
			}
			logger.warn(LogMessage.format("%s. Starting without it, since %s (graceful.startup.check.exclude=%s to "
					+ "start without waiting for it)", failed.getMessage(), reason, this.name));
		}

	}

}
