package io.github.gracefulboot.process;

import java.lang.StackWalker.StackFrame;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.Outcome;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.shutdown.ProcessReplacer;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.Readiness;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.log.LogMessage;

/**
 * Turns SIGTERM and SIGINT into a stop whose exit code tells how it went. The JVM's own
 * handlers would run the shutdown hooks and exit with 143 or 130. Takes the signals over
 * when the application has started, though runners may keep it from being ready, so that
 * a signal before that ends it as Spring Boot does. Gives them back when the context
 * closes. A signal that the application handles itself is left to it. SIGHUP is for the
 * hand-over to a new process, where there is one.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StopSignals implements SmartApplicationListener, Readiness.Listener, DisposableBean, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(StopSignals.class);

	private static final List<String> SIGNALS = List.of("TERM", "INT");

	private static final String HANG_UP = "HUP";

	private static final Set<String> ENDPOINTS = Set.of("org.springframework.boot.actuate.context.ShutdownEndpoint",
			"org.springframework.boot.admin.SpringApplicationAdminMXBeanRegistrar$SpringApplicationAdmin");

	private static final String EXIT = "SpringApplication.exit";

	/**
	 * Longer than it takes from there to {@code System.exit}.
	 */
	private static final Duration AFTER_CLOSE = Duration.ofSeconds(1);

	private final ApplicationContext context;

	private final ShutdownSequence shutdown;

	private final ProcessExit exit;

	private final boolean exitCodes;

	private final Supplier<@Nullable ProcessReplacer> replacer;

	private final Runnable afterShutdownHook = this::afterShutdownHook;

	private final Map<String, Object> previousHandlers = new ConcurrentHashMap<>();

	private volatile @Nullable JvmSignals jvmSignals;

	private final Map<String, Object> handlers = new ConcurrentHashMap<>();

	private volatile boolean withoutHandlers;

	private volatile boolean closed;

	/**
	 * Creates the handlers.
	 * @param context the context that is stopped
	 * @param shutdown how it is stopped
	 * @param exit what a signal leads to
	 * @param exitCodes whether the exit code tells how the stop went. If not, signals are
	 * left to the JVM.
	 * @param replacer what SIGHUP is for, or nobody
	 */
	StopSignals(ApplicationContext context, ShutdownSequence shutdown, ProcessExit exit, boolean exitCodes,
			Supplier<@Nullable ProcessReplacer> replacer) {
		this.replacer = replacer;
		this.context = context;
		this.shutdown = shutdown;
		this.exit = exit;
		this.exitCodes = exitCodes;
	}

	@Override
	public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
		return ContextClosedEvent.class.isAssignableFrom(type) || ApplicationStartedEvent.class.isAssignableFrom(type);
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		if (event instanceof ApplicationStartedEvent started) {
			if (started.getApplicationContext() == this.context) {
				takeOver();
			}
		}
		else if (((ContextClosedEvent) event).getApplicationContext() == this.context && this.exit.isReady()) {
			closing();
		}
	}

	private void closing() {
		if (!this.exit.isRequested() && JvmShutdown.underWay()) {
			StopReason reason = JvmShutdown.reason();
			this.exit.begin(reason, reason.toString());
			this.exit.closeOthers();
		}
		else if (this.exitCodes && isClosedBy(StopSignals::isEndpoint)) {
			this.exit.stopProcess(StopReason.ENDPOINT, "shutdown endpoint");
		}
		else if (isClosedBy(StopSignals::isExit)) {
			// Whose caller then ends the process, as a rule
			finishWhenClosed(this.shutdown.start(StopReason.CONTEXT_CLOSED, EXIT));
		}
		if (this.exit.isRequested()) {
			ignoreHangUp();
		}
		this.exit.closeChildren();
	}

	/**
	 * Keeps SIGHUP, as a terminal sends that closes, from ending a process with 129 that
	 * is about to end with the code of its shutdown.
	 */
	private void ignoreHangUp() {
		JvmSignals jvmSignals = this.jvmSignals;
		try {
			if (jvmSignals != null && !this.handlers.containsKey(HANG_UP)) {
				Object handler = jvmSignals
					.handler((signal) -> this.exit.stopProcess(StopReason.SIGTERM, "SIG" + signal));
				Object previous = install(jvmSignals, HANG_UP, handler);
				if (jvmSignals.ignores(previous) || jvmSignals.isOfTheApplication(previous)) {
					leave(jvmSignals, HANG_UP, previous);
				}
			}
		}
		catch (ReflectiveOperationException ex) {
			logger.debug(LogMessage.format("SIGHUP is left to the JVM (%s)", JvmSignals.reason(ex)));
		}
	}

	/**
	 * Says how the shutdown went when all beans are destroyed, and keeps the JVM, which
	 * would exit with 0 as soon as the server's own thread has ended, until a caller that
	 * is a daemon has come to its exit with the code of the application.
	 */
	private void finishWhenClosed(Deadline deadline) {
		boolean keepsAlive = Thread.currentThread().isDaemon();
		Thread thread = new Thread(() -> finishAndAwaitExit(deadline, keepsAlive), "graceful-exit");
		thread.setDaemon(!keepsAlive);
		try {
			thread.start();
			this.shutdown.expectExit();
		}
		catch (OutOfMemoryError ex) {
			logger.debug("No thread left to keep the JVM until it exits", ex);
		}
	}

	private void finishAndAwaitExit(Deadline deadline, boolean keepsAlive) {
		try {
			if (!deadline.await(() -> !this.exit.context().isActive() || JvmShutdown.underWay())) {
				this.shutdown.cutOffRest();
			}
			if (!JvmShutdown.underWay()) {
				this.exit.finish();
				SpringApplication.getShutdownHandlers().remove(this.afterShutdownHook);
			}
			if (keepsAlive) {
				Deadline.after(System::nanoTime, AFTER_CLOSE).await(JvmShutdown::underWay);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IllegalStateException ex) {
			logger.trace("The hook runs already", ex);
		}
	}

	/**
	 * Returns whether Spring Boot's endpoint of that name closes the context, or its
	 * MBean, for whom that is the way to stop the process.
	 */
	private static boolean isEndpoint(StackFrame frame) {
		return ENDPOINTS.contains(frame.getClassName());
	}

	private static boolean isExit(StackFrame frame) {
		return frame.getMethodName().equals("exit")
				&& frame.getClassName().equals("org.springframework.boot.SpringApplication");
	}

	private static boolean isClosedBy(Predicate<StackFrame> caller) {
		return StackWalker.getInstance().walk((frames) -> frames.anyMatch(caller));
	}

	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void readinessChanged(boolean accepting) {
		if (accepting) {
			this.exit.completelyStarted();
			takeOver();
		}
	}

	private synchronized void takeOver() {
		if (!this.exit.isReady() && !JvmShutdown.underWay()) {
			this.exit.ready();
			SpringApplication.getShutdownHandlers().add(this.afterShutdownHook);
			if (this.exitCodes) {
				install();
			}
		}
	}

	private void install() {
		try {
			JvmSignals jvmSignals = new JvmSignals();
			Object handler = jvmSignals.handler(this::signalled);
			this.jvmSignals = jvmSignals;
			for (String signal : SIGNALS) {
				Object previous = install(jvmSignals, signal, handler);
				if (jvmSignals.ignores(previous)) {
					leave(jvmSignals, signal, previous);
					warnOfIgnored(signal);
				}
				else if (jvmSignals.isOfTheApplication(previous)) {
					leave(jvmSignals, signal, previous);
					logger.info(LogMessage.format("SIG%s is left to the application, which handles it (%s)", signal,
							previous.getClass().getName()));
				}
			}
			ProcessReplacer replacer = this.replacer.get();
			if (replacer != null) {
				install(jvmSignals, HANG_UP, jvmSignals.handler((signal) -> replacer.replaceProcess("SIG" + signal)));
			}
		}
		catch (InvocationTargetException ex) {
			logger.warn(LogMessage.format("Signals cannot be handled (-Xrs): SIGTERM and SIGINT kill the JVM at once, "
					+ "and requests are lost. Start it without -Xrs (%s)", JvmSignals.reason(ex)));
		}
		catch (ReflectiveOperationException ex) {
			this.withoutHandlers = true;
			logger.info(LogMessage.format("Signals are left to the JVM (%s): add the module jdk.unsupported to the "
					+ "runtime image. Until then the process ends by a halt, to exit with the right code, and other "
					+ "shutdown hooks of the JVM may be cut off", JvmSignals.reason(ex)));
		}
	}

	private Object install(JvmSignals jvmSignals, String signal, Object handler) throws ReflectiveOperationException {
		Object previous = jvmSignals.install(signal, handler);
		this.handlers.put(signal, handler);
		this.previousHandlers.put(signal, previous);
		return previous;
	}

	private void leave(JvmSignals jvmSignals, String signal, Object previous) throws ReflectiveOperationException {
		jvmSignals.install(signal, previous);
		this.previousHandlers.remove(signal);
	}

	private static void warnOfIgnored(String signal) {
		logger.warn(LogMessage.format(
				"SIG%s is ignored by this process, because a shell started it with '&'. A supervisor that stops it by "
						+ "SIG%s will have to kill it. Start it with 'exec java' instead",
				signal, signal));
	}

	private void signalled(String signal) {
		if (this.closed) {
			passOn(signal);
		}
		else {
			this.exit.stopProcess(StopReason.valueOf("SIG" + signal), "SIG" + signal);
		}
	}

	/**
	 * Runs when a shutdown hook has closed the context, rather than a signal's handler.
	 * Spring Boot's runs at once where it was told not to close it, and shuts the log
	 * down then, so that it has to wait for who does.
	 */
	private void afterShutdownHook() {
		awaitClosed();
		Outcome outcome = this.exit.finish();
		if ((this.withoutHandlers && JvmShutdown.reason() != StopReason.JVM_EXIT)
				|| (this.exit.isWithoutThread() && !outcome.isClean())) {
			Runtime.getRuntime().halt(outcome.exitCode());
		}
	}

	private void awaitClosed() {
		Deadline deadline = this.shutdown.getDeadline();
		try {
			if (deadline != null) {
				deadline.await(() -> !this.exit.context().isActive() || this.shutdown.waitsForExit());
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
		this.exit.gone();
		if (this.exit.isRequested() || JvmShutdown.underWay()) {
			return;
		}
		this.closed = true;
		if (!this.shutdown.namesThreads()) {
			SpringApplication.getShutdownHandlers().remove(this.afterShutdownHook);
		}
		JvmSignals jvmSignals = this.jvmSignals;
		if (jvmSignals != null) {
			for (Map.Entry<String, Object> previous : this.previousHandlers.entrySet()) {
				Object current = jvmSignals.install(previous.getKey(), previous.getValue());
				if (current != this.handlers.get(previous.getKey())) {
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
			logger.warn(LogMessage.format("Could not pass SIG%s on: %s", signal, JvmSignals.reason(ex)));
		}
	}

}
