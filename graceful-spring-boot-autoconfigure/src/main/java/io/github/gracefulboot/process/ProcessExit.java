package io.github.gracefulboot.process;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.Outcome;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.FlightRecorders;
import io.github.gracefulboot.shutdown.ProcessStopper;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.log.LogMessage;

/**
 * Closes the context and exits with the code that tells how that went, however many ask
 * for it.
 */
final class ProcessExit implements ProcessStopper, AopInfrastructureBean {

	/**
	 * What the JVM exits with after SIGTERM. A stop request during the start ends it the
	 * same way as that signal.
	 */
	private static final int TERMINATED = 143;

	/**
	 * What it exits with after SIGINT.
	 */
	private static final int INTERRUPTED = 130;

	private static final Log logger = LogFactory.getLog(ProcessExit.class);

	private final ConfigurableApplicationContext context;

	private final ShutdownSequence shutdown;

	private final @Nullable DeadlineGuard guard;

	private final JvmHooks hooks;

	private final Applications applications;

	private final AtomicBoolean requested = new AtomicBoolean();

	private volatile boolean ready;

	private volatile boolean completelyStarted;

	private volatile boolean withoutThread;

	private boolean finished;

	/**
	 * Creates the exit.
	 * @param context the context to close
	 * @param shutdown how it is stopped
	 * @param guard watches over the deadline, or {@code null} if nobody does
	 * @param hooks ends the process
	 * @param applications the applications that end with it
	 */
	ProcessExit(ConfigurableApplicationContext context, ShutdownSequence shutdown, @Nullable DeadlineGuard guard,
			JvmHooks hooks, Applications applications) {
		this.context = context;
		this.shutdown = shutdown;
		this.guard = guard;
		this.hooks = hooks;
		this.applications = applications;
	}

	/**
	 * From now on a stop goes through its stages.
	 */
	void ready() {
		this.ready = true;
		this.applications.add(this);
	}

	/**
	 * From now on a stop interrupts no start.
	 */
	void completelyStarted() {
		this.completelyStarted = true;
	}

	/**
	 * From now on nothing is left to stop.
	 */
	void gone() {
		this.applications.remove(this);
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	boolean isReady() {
		return this.ready;
	}

	/**
	 * Returns whether the system had no thread for the stop. It is done on one that does
	 * not keep the JVM from exiting by itself, with 0, when the server has stopped.
	 * @return whether it is done on the signal's
	 */
	boolean isWithoutThread() {
		return this.withoutThread;
	}

	boolean isRequested() {
		return this.requested.get();
	}

	/**
	 * Starts the budgets of all applications at the same time, those of contexts below
	 * others within theirs, and watches over them, before anything that could hang.
	 * @param reason why the process ends
	 * @param source who asked for it, for the log
	 * @return when it has to be gone
	 */
	Deadline begin(StopReason reason, String source) {
		List<ProcessExit> all = this.applications.with(this);
		Deadline deadline = this.applications.roots()
			.stream()
			.map((application) -> application.shutdown.start(reason, source))
			.max(Comparator.comparing(Deadline::remaining))
			.orElseGet(() -> this.shutdown.start(reason, source));
		all.forEach((application) -> application.shutdown.start(reason, source, deadline.remaining()));
		all.forEach((application) -> application.leaveTo(all));
		if (this.guard != null && all.stream().noneMatch(ProcessExit::isGuarded)) {
			this.guard.watch(deadline, all.stream().map((application) -> application.shutdown).toList());
		}
		return deadline;
	}

	private void leaveTo(List<ProcessExit> all) {
		List<ProcessExit> others = all.stream().filter((application) -> application != this).toList();
		if (!others.isEmpty()) {
			this.shutdown.leaveToOthers(() -> others.stream()
				.flatMap((application) -> application.shutdown.getActiveTasks().stream())
				.map(ActiveTask::thread)
				.filter(Objects::nonNull)
				.collect(Collectors.toSet()));
		}
	}

	private boolean isGuarded() {
		return this.guard != null && this.guard.isWatching();
	}

	/**
	 * Closes the other applications, which somebody else waits for.
	 */
	void closeOthers() {
		this.applications.roots().stream().filter((application) -> application != this).forEach(ProcessExit::closing);
	}

	private Thread closing() {
		return DaemonThreads.startOrRun("graceful-close", this.context::close);
	}

	/**
	 * Closes the contexts below, which use this one.
	 */
	void closeChildren() {
		List<ProcessExit> children = this.applications.childrenOf(this);
		if (children.isEmpty()) {
			return;
		}
		Deadline deadline = this.shutdown.start(StopReason.CONTEXT_CLOSED);
		children.forEach((child) -> child.shutdown.start(StopReason.CONTEXT_CLOSED,
				StopReason.CONTEXT_CLOSED.toString(), deadline.remaining()));
		List<Thread> closing = children.stream().map(ProcessExit::closing).toList();
		try {
			for (Thread thread : closing) {
				thread.join(deadline.remaining().toMillis() + 1);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void stopProcess(StopReason reason, String source) {
		if (!this.requested.compareAndSet(false, true)) {
			logger.info(LogMessage.format("Ignoring %s: shutdown already in progress", source));
		}
		else {
			this.applications.with(this).forEach((application) -> application.requested.set(true));
			try {
				stop(reason, source);
			}
			catch (RuntimeException | Error ex) {
				exitAsSpringBootDoes(ex);
			}
		}
	}

	private void stop(StopReason reason, String source) {
		if (this.ready) {
			Deadline deadline = begin(reason, source);
			if (this.applications.with(this).size() == 1 && !FlightRecorders.areRecording()) {
				this.shutdown.beforeTheEnd(() -> this.hooks.runBeforeTheEnd(code(this.shutdown.getOutcome())));
			}
			start(() -> stopAndExit(deadline));
			this.hooks.watch(deadline);
		}
		else {
			logger.info(LogMessage.format("%s during startup: exiting", source));
			start(() -> System.exit(TERMINATED));
		}
	}

	/**
	 * Ends the process where the shutdown could not even begin, such as when its classes
	 * cannot be loaded any more: Spring Boot's shutdown hook then closes the context.
	 * @param failure why
	 */
	private void exitAsSpringBootDoes(Throwable failure) {
		try {
			logger.warn("The shutdown failed, leaving it to Spring Boot", failure);
		}
		catch (RuntimeException | Error ex) {
			// Nor can those of the log
			System.err.println("The shutdown failed, leaving it to Spring Boot: " + failure);
		}
		System.exit(1);
	}

	private void start(Runnable exit) {
		Thread thread = new Thread(exit, "graceful-stop");
		thread.setContextClassLoader(this.context.getClassLoader());
		thread.setDaemon(false);
		try {
			thread.start();
		}
		catch (OutOfMemoryError ex) {
			this.withoutThread = true;
			logger.warn(LogMessage.format("No thread left for the shutdown: doing it on %s (%s)",
					Thread.currentThread().getName(), ex.getMessage()));
			exit.run();
		}
	}

	private void stopAndExit(Deadline deadline) {
		int code = 1;
		try {
			List<ProcessExit> all = this.applications.with(this);
			List<ProcessExit> roots = this.applications.roots();
			roots.stream().skip(1).forEach(ProcessExit::closing);
			roots.stream().findFirst().ifPresent((root) -> root.context.close());
			all.forEach((application) -> application.awaitClosed(deadline));
			code = all.stream().mapToInt((application) -> application.code(application.finish())).max().orElseThrow();
		}
		finally {
			this.hooks.exit(code);
		}
	}

	/**
	 * Ends the shutdown, and says how. Spring Boot's hook comes here as well, and shuts
	 * the log down when it returns.
	 * @return how it went
	 */
	synchronized Outcome finish() {
		Outcome outcome = this.shutdown.finish();
		int code = code(outcome);
		if (code != outcome.exitCode() && isRequested() && !this.finished) {
			logger.info(LogMessage.format("The start was interrupted, since a runner had not returned: exiting with %d",
					code));
		}
		this.finished = true;
		return outcome;
	}

	/**
	 * Returns the exit code. A start that was interrupted, such as a runner that had not
	 * returned, is no success: it ends as Spring Boot ends it.
	 */
	private int code(Outcome outcome) {
		StopReason reason = this.shutdown.getReason();
		if (!outcome.isClean() || this.completelyStarted || reason == StopReason.ENDPOINT) {
			return outcome.exitCode();
		}
		return (reason == StopReason.SIGINT) ? INTERRUPTED : TERMINATED;
	}

	/**
	 * Another thread closes the context of another application. Somebody may also have
	 * begun to close this one before the request came, in which case the call to close it
	 * returned at once.
	 * @param deadline when to wait no longer
	 */
	private void awaitClosed(Deadline deadline) {
		try {
			if (!deadline.await(() -> !this.context.isActive())) {
				this.shutdown.cutOffRest();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
