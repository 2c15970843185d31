package io.github.gracefulboot.shutdown;

import io.github.gracefulboot.Deadline;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.log.LogMessage;

/**
 * Runs the stop before anybody else hears that the context closes: executors refuse work
 * from their own {@link ContextClosedEvent} on, and requests in flight may still need
 * them. A context that never was ready is let go at once.
 */
final class ContextCloseListener implements SmartApplicationListener, DisposableBean {

	private static final Log logger = LogFactory.getLog(ContextCloseListener.class);

	private final ApplicationContext context;

	private final ShutdownSequence shutdown;

	private final LifecyclePhases phases;

	private volatile boolean wasReady;

	ContextCloseListener(ApplicationContext context, ShutdownSequence shutdown, LifecyclePhases phases) {
		this.context = context;
		this.shutdown = shutdown;
		this.phases = phases;
	}

	@Override
	public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
		return ContextClosedEvent.class.isAssignableFrom(type) || AvailabilityChangeEvent.class.isAssignableFrom(type);
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		if (event instanceof AvailabilityChangeEvent<?> change) {
			if (change.getState() == ReadinessState.ACCEPTING_TRAFFIC) {
				this.wasReady = true;
			}
		}
		else if (((ContextClosedEvent) event).getApplicationContext() == this.context && this.wasReady) {
			logPlan();
			this.shutdown.stop();
			Deadline deadline = this.shutdown.begin();
			this.phases.limitAll(this.shutdown.getBudget().release(deadline).remaining());
			this.phases.limit(ReleaseLifecycle.PHASE, deadline.remaining());
		}
	}

	private void logPlan() {
		try {
			ShutdownPlan plan = plan();
			logger.info("Plan of the stop: " + plan.summary());
			logger.debug(LogMessage.format("The same step by step:%n%s", plan));
		}
		catch (RuntimeException | Error ex) {
			logger.warn("The plan of the stop can not be told, going on without it", ex);
		}
	}

	/**
	 * Returns what a stop would do now.
	 * @return the plan
	 */
	ShutdownPlan plan() {
		return this.shutdown.plan(this.phases.beans());
	}

	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

	/**
	 * Leaves room before it for what watches over the stop.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 100;
	}

	/**
	 * Sums up a stop that does not end the process. One that does goes on from here.
	 */
	@Override
	public void destroy() {
		if (!this.shutdown.endsProcess()) {
			this.shutdown.finish();
		}
	}

}
