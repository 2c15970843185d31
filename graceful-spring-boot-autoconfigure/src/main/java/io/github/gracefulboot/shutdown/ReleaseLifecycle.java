package io.github.gracefulboot.shutdown;

import java.util.concurrent.atomic.AtomicBoolean;

import io.github.gracefulboot.Stage;

import org.springframework.context.SmartLifecycle;

/**
 * Waits, after every listener, scheduler and executor has stopped and before any
 * singleton is destroyed, for what they had borrowed. Does nothing when the lifecycle
 * stops without a shutdown, as it does for a checkpoint or in a test's context cache.
 */
final class ReleaseLifecycle implements SmartLifecycle {

	/**
	 * Below everything but connection factories, which stop in the last phase.
	 */
	static final int PHASE = Integer.MIN_VALUE + 1024;

	private final ShutdownSequence shutdown;

	private final AtomicBoolean running = new AtomicBoolean();

	ReleaseLifecycle(ShutdownSequence shutdown) {
		this.shutdown = shutdown;
	}

	@Override
	public void start() {
		this.running.set(true);
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public void stop(Runnable callback) {
		this.running.set(false);
		if (this.shutdown.getStage() != Stage.RELEASE) {
			callback.run();
			return;
		}
		DaemonThreads.start("graceful-release", () -> {
			try {
				this.shutdown.release();
			}
			finally {
				callback.run();
			}
		});
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
