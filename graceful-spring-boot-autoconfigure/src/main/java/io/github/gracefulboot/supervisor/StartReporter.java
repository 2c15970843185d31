package io.github.gracefulboot.supervisor;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.startup.StartupObserver;
import io.github.gracefulboot.traffic.Readiness;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Tells supervisors how the start goes on, and when it is over. Sees each bean that is
 * created, which is how one can tell that a start gets somewhere. One bean or runner may
 * take long, as a schema migration does: it gets somewhere as long as it works, within
 * limits.
 */
@Order(Ordered.LOWEST_PRECEDENCE)
final class StartReporter implements BeanPostProcessor, Readiness.Listener, Announcer, StartupObserver, DisposableBean,
		Heartbeat.Work, AopInfrastructureBean {

	/**
	 * How long a bean or a runner may work. Without a limit, one that waits for an answer
	 * that never comes would be waited for as long.
	 */
	private static final Duration LONGEST_STEP = Duration.ofMinutes(30);

	private final Supervisors supervisors;

	private final BooleanSupplier work;

	private final ReadyGate gate;

	private final Heartbeat heartbeat;

	private final Runnable onReady;

	private int beans;

	private String latestBean = "none";

	private int attempts;

	private int steps;

	private long stepBegan = System.nanoTime();

	private int worked;

	private @Nullable String waitsFor;

	private final AtomicBoolean accepted = new AtomicBoolean();

	/**
	 * Creates the reporter and begins to report.
	 * @param supervisors who is told
	 * @param work whether the start works just now
	 * @param gate holds back the end of the start
	 * @param onReady called when the start is over
	 */
	StartReporter(Supervisors supervisors, BooleanSupplier work, ReadyGate gate, Runnable onReady) {
		this.supervisors = supervisors;
		this.work = work;
		this.gate = gate;
		this.onReady = onReady;
		this.heartbeat = new Heartbeat(supervisors, "graceful-start", this);
		this.heartbeat.start();
	}

	@Override
	public synchronized Object postProcessBeforeInitialization(Object bean, String beanName) {
		this.beans++;
		this.latestBean = beanName;
		this.waitsFor = null;
		return bean;
	}

	@Override
	public synchronized void waitsFor(String status) {
		this.attempts++;
		this.waitsFor = status;
	}

	@Override
	public Object progress() {
		boolean works = this.work.getAsBoolean();
		return this.gate.isWaiting() ? new Object() : progress(works, System.nanoTime());
	}

	private synchronized int progress(boolean works, long now) {
		if (this.steps != this.beans + this.attempts) {
			this.steps = this.beans + this.attempts;
			this.stepBegan = now;
		}
		else if (works && now - this.stepBegan < LONGEST_STEP.toNanos()) {
			this.worked++;
		}
		return this.steps + this.worked;
	}

	@Override
	public synchronized String status() {
		if (this.gate.isWaiting()) {
			return "Accepting traffic, waiting for the load balancer to see it";
		}
		return (this.waitsFor != null) ? this.waitsFor
				: "Starting: %d beans created, the latest is %s".formatted(this.beans, this.latestBean);
	}

	/**
	 * Comes last, so that what supervisors are told of is ready in every respect.
	 */
	@Override
	public void readinessChanged(boolean accepting) {
		boolean first = accepting && this.accepted.compareAndSet(false, true);
		if (this.accepted.get()) {
			this.supervisors.readiness(accepting);
		}
		if (first) {
			this.gate.whenOpen(this::ready);
		}
	}

	private void ready() {
		this.heartbeat.stop();
		this.supervisors.ready();
		this.supervisors.status("Ready");
		this.onReady.run();
	}

	/**
	 * A stop may begin before the start is over.
	 */
	@Override
	public void announceStop(Deadline deadline) {
		destroy();
	}

	@Override
	public void destroy() {
		this.heartbeat.stop();
		this.gate.close();
	}

}
