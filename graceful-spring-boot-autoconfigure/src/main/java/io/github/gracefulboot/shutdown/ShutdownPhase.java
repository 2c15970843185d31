package io.github.gracefulboot.shutdown;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.gracefulboot.Stage;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Holds the lifecycle in one of its phases while a part of the shutdown is done. Does
 * nothing when the lifecycle stops without a shutdown, as it does for a checkpoint or in
 * a test's context cache.
 */
final class ShutdownPhase implements SmartLifecycle, AopInfrastructureBean {

	/**
	 * Before the web server's: all higher ones end while the drain goes on, as they do
	 * while Spring Boot's own waits for requests.
	 */
	static final int DRAIN = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;

	/**
	 * Below everything but connection factories, which stop in the last phase: every
	 * listener, scheduler and executor has stopped, and no singleton is destroyed yet.
	 */
	static final int RELEASE = Integer.MIN_VALUE + 1024;

	private static final Set<Stage> DURING = EnumSet.of(Stage.LAME_DUCK, Stage.DRAIN, Stage.RELEASE);

	private final int phase;

	private final ShutdownSequence shutdown;

	private final Runnable work;

	private final AtomicBoolean running = new AtomicBoolean();

	/**
	 * Creates a phase.
	 * @param phase when it comes
	 * @param shutdown what it is a part of
	 * @param work what is to be done by the end of the phase, which may block
	 */
	ShutdownPhase(int phase, ShutdownSequence shutdown, Runnable work) {
		this.phase = phase;
		this.shutdown = shutdown;
		this.work = work;
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
		if (!DURING.contains(this.shutdown.getStage())) {
			callback.run();
			return;
		}
		DaemonThreads.startOrRun("graceful-phase", () -> {
			try {
				this.work.run();
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
		return this.phase;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

}
