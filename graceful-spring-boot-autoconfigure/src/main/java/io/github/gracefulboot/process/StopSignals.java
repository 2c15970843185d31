package io.github.gracefulboot.process;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.gracefulboot.shutdown.Deadline;
import io.github.gracefulboot.shutdown.GracefulShutdown;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.log.LogMessage;

/**
 * Turns SIGTERM and SIGINT into a stop whose exit code tells how it went. The JVM's own
 * handlers would run the shutdown hooks and exit with 143 or 130. Takes the signals over
 * when the application is ready, so that a signal during the start ends it as Spring Boot
 * does, and gives them back when the context closes.
 */
final class StopSignals implements SmartApplicationListener, DisposableBean {

	private static final Log logger = LogFactory.getLog(StopSignals.class);

	private static final List<String> SIGNALS = List.of("TERM", "INT");

	private final ConfigurableApplicationContext context;

	private final GracefulShutdown shutdown;

	private final @Nullable DeadlineGuard guard;

	private final boolean handleSignals;

	private final Runnable afterShutdownHook;

	private final AtomicBoolean installed = new AtomicBoolean();

	private final AtomicBoolean received = new AtomicBoolean();

	private final Map<String, Object> previousHandlers = new ConcurrentHashMap<>();

	private volatile @Nullable JvmSignals jvmSignals;

	private volatile @Nullable Object handler;

	private volatile boolean closed;

	/**
	 * Creates the handlers.
	 * @param context the context to close
	 * @param shutdown how it is stopped
	 * @param guard watches over the deadline, or {@code null} if nobody does
	 * @param handleSignals whether to handle signals rather than leave them to the JVM
	 */
	StopSignals(ConfigurableApplicationContext context, GracefulShutdown shutdown, @Nullable DeadlineGuard guard,
			boolean handleSignals) {
		this.context = context;
		this.shutdown = shutdown;
		this.guard = guard;
		this.handleSignals = handleSignals;
		this.afterShutdownHook = shutdown::finish;
	}

	@Override
	public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
		return ContextClosedEvent.class.isAssignableFrom(type) || AvailabilityChangeEvent.class.isAssignableFrom(type);
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		if (event instanceof AvailabilityChangeEvent<?> change) {
			if (change.getState() == ReadinessState.ACCEPTING_TRAFFIC) {
				ready();
			}
		}
		else if (((ContextClosedEvent) event).getApplicationContext() == this.context && this.installed.get()
				&& JvmShutdown.underWay()) {
			beginExit();
		}
	}

	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	private void ready() {
		if (!JvmShutdown.underWay() && this.installed.compareAndSet(false, true)) {
			SpringApplication.getShutdownHandlers().add(this.afterShutdownHook);
			if (this.handleSignals) {
				install();
			}
		}
	}

	/*
	 * Comes before everything that could hang.
	 */
	private Deadline beginExit() {
		Deadline deadline = this.shutdown.beginProcessExit();
		if (this.guard != null) {
			this.guard.watch(deadline);
		}
		return deadline;
	}

	private void install() {
		try {
			JvmSignals jvmSignals = new JvmSignals();
			Object handler = jvmSignals.handler(this::signalled);
			this.jvmSignals = jvmSignals;
			this.handler = handler;
			for (String signal : SIGNALS) {
				Object previous = jvmSignals.install(signal, handler);
				if (jvmSignals.ignores(previous)) {
					jvmSignals.install(signal, previous);
				}
				else {
					this.previousHandlers.put(signal, previous);
				}
			}
		}
		catch (ReflectiveOperationException ex) {
			logger.warn(LogMessage.format(
					"Stop signals are left to the JVM (%s): its exit code will not tell whether the stop was clean",
					JvmSignals.reason(ex)));
		}
	}

	private void signalled(String signal) {
		if (this.closed) {
			passOn(signal);
		}
		else if (!this.received.compareAndSet(false, true)) {
			logger.info(LogMessage.format("SIG%s again: the stop is under way already", signal));
		}
		else {
			Deadline deadline = beginExit();
			Thread thread = new Thread(() -> stopAndExit(deadline), "graceful-stop");
			thread.setContextClassLoader(this.context.getClassLoader());
			thread.setDaemon(false);
			thread.start();
			logger.info(LogMessage.format("SIG%s received", signal));
		}
	}

	private void stopAndExit(Deadline deadline) {
		int code = 1;
		try {
			this.context.close();
			awaitClosed(deadline);
			if (this.context.isActive()) {
				this.shutdown.cutOffRest();
			}
			code = this.shutdown.finish().exitCode();
		}
		finally {
			System.exit(code);
		}
	}

	/*
	 * Somebody else may have begun to close the context before the signal came. Then the
	 * call to close it returned at once.
	 */
	private void awaitClosed(Deadline deadline) {
		try {
			while (this.context.isActive() && !deadline.hasPassed()) {
				Thread.sleep(10);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Gives the signals back when the context closes in a process that lives on. Where
	 * somebody has replaced our handler meanwhile it stays in that chain and passes on
	 * what reaches it.
	 */
	@Override
	public void destroy() throws ReflectiveOperationException {
		if (this.received.get() || JvmShutdown.underWay()) {
			return;
		}
		this.closed = true;
		SpringApplication.getShutdownHandlers().remove(this.afterShutdownHook);
		JvmSignals jvmSignals = this.jvmSignals;
		if (jvmSignals != null) {
			for (Map.Entry<String, Object> previous : this.previousHandlers.entrySet()) {
				Object current = jvmSignals.install(previous.getKey(), previous.getValue());
				if (current != this.handler) {
					jvmSignals.install(previous.getKey(), current);
				}
			}
		}
	}

	private void passOn(String signal) {
		JvmSignals jvmSignals = this.jvmSignals;
		Object previous = this.previousHandlers.get(signal);
		try {
			if (jvmSignals != null && previous != null) {
				jvmSignals.call(previous, signal);
			}
		}
		catch (ReflectiveOperationException ex) {
			logger.warn(LogMessage.format("SIG%s could not be passed on: %s", signal, JvmSignals.reason(ex)));
		}
	}

}
