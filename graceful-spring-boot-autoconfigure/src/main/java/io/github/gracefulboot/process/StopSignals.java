package io.github.gracefulboot.process;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.gracefulboot.shutdown.GracefulShutdown;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.log.LogMessage;

/**
 * Turns SIGTERM and SIGINT into a stop whose exit code tells how it went. The JVM's own
 * handlers would run the shutdown hooks and exit with 143 or 130. Takes the signals over
 * when the application is ready, so that a signal during the start ends it as Spring Boot
 * does, and gives them back when the context closes.
 */
final class StopSignals implements ApplicationListener<AvailabilityChangeEvent<ReadinessState>>, DisposableBean {

	private static final Log logger = LogFactory.getLog(StopSignals.class);

	private static final List<String> SIGNALS = List.of("TERM", "INT");

	private final ConfigurableApplicationContext context;

	private final GracefulShutdown shutdown;

	private final boolean handleSignals;

	private final Runnable afterShutdownHook;

	private final AtomicBoolean installed = new AtomicBoolean();

	private final AtomicBoolean received = new AtomicBoolean();

	private final Map<String, Object> previousHandlers = new ConcurrentHashMap<>();

	private volatile @Nullable JvmSignals jvmSignals;

	private volatile @Nullable Object handler;

	private volatile boolean closed;

	StopSignals(ConfigurableApplicationContext context, GracefulShutdown shutdown, boolean handleSignals) {
		this.context = context;
		this.shutdown = shutdown;
		this.handleSignals = handleSignals;
		this.afterShutdownHook = shutdown::finish;
	}

	@Override
	public void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
		if (event.getState() == ReadinessState.ACCEPTING_TRAFFIC && !JvmShutdown.underWay()
				&& this.installed.compareAndSet(false, true)) {
			SpringApplication.getShutdownHandlers().add(this.afterShutdownHook);
			if (this.handleSignals) {
				install();
			}
		}
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
			this.shutdown.beginProcessExit();
			Thread thread = new Thread(this::stopAndExit, "graceful-stop");
			thread.setContextClassLoader(this.context.getClassLoader());
			thread.setDaemon(false);
			thread.start();
			logger.info(LogMessage.format("SIG%s received", signal));
		}
	}

	private void stopAndExit() {
		int code = 1;
		try {
			this.context.close();
			code = this.shutdown.finish().exitCode();
		}
		finally {
			System.exit(code);
		}
	}

	/**
	 * Returns whether the stop that begins now ends the process.
	 * @return whether the application was ready and a stop signal was received or the JVM
	 * is shutting down
	 */
	boolean endProcess() {
		return this.installed.get() && (this.received.get() || JvmShutdown.underWay());
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
