package io.github.gracefulboot.shutdown;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.traffic.Readiness;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.Lifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.log.LogMessage;

/**
 * Runs the shutdown before anybody else hears that the context closes: executors refuse
 * work from their own {@link ContextClosedEvent} on, and requests in flight may still
 * need them. A context that never was ready is let go at once, unless the process was
 * asked to stop while runners kept it from being ready: its server serves already.
 */
public final class ContextCloseListener implements SmartApplicationListener, DisposableBean, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(ShutdownSequence.class);

	private final ApplicationContext context;

	private final ShutdownSequence shutdown;

	private final LifecyclePhases phases;

	private final Readiness readiness;

	ContextCloseListener(ApplicationContext context, ShutdownSequence shutdown, LifecyclePhases phases,
			Readiness readiness) {
		this.context = context;
		this.shutdown = shutdown;
		this.phases = phases;
		this.readiness = readiness;
	}

	@Override
	public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
		return ContextClosedEvent.class.isAssignableFrom(type);
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		if (((ContextClosedEvent) event).getApplicationContext() == this.context && isInService()) {
			Deadline deadline = this.shutdown.start(StopReason.CONTEXT_CLOSED);
			logPlan(deadline);
			try {
				this.shutdown.run();
				this.phases.fitInto(this.shutdown.getReleaseDeadline(), deadline);
				if (this.context instanceof Lifecycle lifecycle && !lifecycle.isRunning()) {
					// It was stopped before, so that no phase goes on from here
					this.shutdown.release();
				}
			}
			catch (RuntimeException | Error ex) {
				this.shutdown.failed(ex);
			}
		}
	}

	/**
	 * Waits for the rest of the drain, after which the phases that follow may have less
	 * to do.
	 */
	void awaitDrain() {
		this.shutdown.awaitDrain();
		try {
			this.phases.fitInto(this.shutdown.getReleaseDeadline(), this.shutdown.start(StopReason.CONTEXT_CLOSED));
		}
		catch (RuntimeException | Error ex) {
			// The phase may have been left behind, and the beans are gone
			logger.debug("Could not limit the phases that follow", ex);
		}
	}

	private boolean isInService() {
		return this.readiness.wasReached() || this.shutdown.getDeadline() != null;
	}

	private void logPlan(Deadline deadline) {
		try {
			ShutdownPlan plan = plan();
			logger.info(LogMessage.format("Shutting down within %s (%s): %s", Durations.text(deadline.remaining()),
					this.shutdown.getSource(), plan.summary()));
			logger.debug(LogMessage.format("Shutdown plan, step by step:%n%s", plan));
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Could not describe the shutdown plan", ex);
		}
	}

	/**
	 * Returns what a shutdown would do now.
	 * @return the plan
	 */
	public ShutdownPlan plan() {
		return this.shutdown.plan(this.phases.beans());
	}

	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

	/**
	 * Leaves room before it for what watches over the shutdown.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 100;
	}

	/**
	 * Sums up a shutdown that does not end the process. One that does, or after which
	 * somebody else is expected to, goes on from here.
	 */
	@Override
	public void destroy() {
		if (!this.shutdown.namesThreads()) {
			this.shutdown.finish();
		}
	}

}
