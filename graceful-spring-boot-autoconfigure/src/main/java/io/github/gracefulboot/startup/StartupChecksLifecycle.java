package io.github.gracefulboot.startup;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.springframework.context.SmartLifecycle;

/**
 * Waits for the checks that are beans, in the phase before web servers listen and
 * messages are taken.
 */
final class StartupChecksLifecycle implements SmartLifecycle {

	/**
	 * Below the web server's, {@code DEFAULT_PHASE - 2048}, and above the executors'.
	 */
	static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

	private final StartupChecks checks;

	private final Supplier<List<StartupCheck>> beans;

	private final AtomicBoolean running = new AtomicBoolean();

	StartupChecksLifecycle(StartupChecks checks, Supplier<List<StartupCheck>> beans) {
		this.checks = checks;
		this.beans = beans;
	}

	@Override
	public void start() {
		this.beans.get().forEach(this.checks::await);
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
