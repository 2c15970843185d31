package io.github.gracefulboot.startup;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.shutdown.OwnBeans.Named;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.context.SmartLifecycle;

/**
 * Waits for the checks that are beans before web servers listen and message listeners
 * start.
 */
final class StartupChecksLifecycle implements SmartLifecycle, AopInfrastructureBean {

	/**
	 * Lower than the phase of Spring Integration's pollers and inbound adapters, which is
	 * lower than that of the web server, and higher than that of connection factories.
	 */
	static final int PHASE = SmartLifecycle.DEFAULT_PHASE / 2 - 1;

	private final StartupChecks checks;

	private final Supplier<List<Named<StartupCheck>>> beans;

	private final AtomicBoolean running = new AtomicBoolean();

	StartupChecksLifecycle(StartupChecks checks, Supplier<List<Named<StartupCheck>>> beans) {
		this.checks = checks;
		this.beans = beans;
	}

	@Override
	public void start() {
		for (Named<StartupCheck> check : this.beans.get()) {
			this.checks.await(check.nameOr(check.instance().name()), check.instance());
		}
		this.running.set(true);
	}

	@Override
	public void stop() {
		this.running.set(false);
	}

	@Override
	public boolean isRunning() {
		return this.running.get();
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

}
