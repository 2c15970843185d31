package io.github.gracefulboot.test.context;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import io.github.gracefulboot.Outcome;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.LostWork;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.test.StageTime;
import io.github.gracefulboot.test.StopResult;
import io.github.gracefulboot.test.process.Await;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The shutdown of a context under a {@link GracefulContextRunner}.
 */
public final class ContextStop implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	/**
	 * How much of the test's time passes while others have some of the real one to react.
	 */
	private static final Duration STEP = Duration.ofMillis(100);

	private static final String OWN_THREADS = "graceful-";

	private static final long LOOK_MILLIS = 4;

	/**
	 * How many looks make a step while somebody computes, which takes its own time on a
	 * busy machine. It may do so without an end.
	 */
	private static final int LOOKS_IF_BUSY = 50;

	private final ConfigurableApplicationContext context;

	private final ManualClock clock;

	private final ShutdownSequence shutdown;

	private final Instant began = Instant.now();

	private @Nullable Thread closing;

	private long beganNanos;

	ContextStop(ConfigurableApplicationContext context, ManualClock clock) {
		this.context = context;
		this.clock = clock;
		this.shutdown = context.getBean(ShutdownSequence.class);
	}

	/**
	 * Returns the context.
	 * @return the context, which is ready
	 */
	public ApplicationContext getContext() {
		return this.context;
	}

	/**
	 * Begins to shut the context down, on a thread of its own.
	 * @return this
	 */
	public ContextStop begin() {
		this.beganNanos = this.clock.getAsLong();
		Thread thread = new Thread(this.context::close, "context-stop");
		thread.setDaemon(true);
		this.closing = thread;
		thread.start();
		return this;
	}

	/**
	 * Waits until the shutdown has come to a stage.
	 * @param stage the stage
	 * @return this
	 */
	public ContextStop awaitStage(Stage stage) {
		Await.until("stage " + stage.id(), LIMIT, () -> this.shutdown.getStage().compareTo(stage) >= 0);
		return this;
	}

	/**
	 * Lets time pass.
	 * @param duration how much
	 * @return this
	 */
	public ContextStop advance(Duration duration) {
		this.clock.advance(duration);
		return this;
	}

	/**
	 * Lets time pass until the shutdown is over, as soon as nothing but time is waited
	 * for.
	 * @return how it went, and how much of the test's time it took
	 */
	public StopResult awaitEnd() {
		Thread thread = Objects.requireNonNull(this.closing, "begin() comes first");
		long end = System.nanoTime() + LIMIT.toNanos();
		while (thread.isAlive()) {
			if (System.nanoTime() - end > 0) {
				throw new IllegalStateException("The context is not closed, in stage %s: %s"
					.formatted(this.shutdown.getStage().id(), List.of(thread.getStackTrace())));
			}
			int looks = 0;
			do {
				join(thread);
				looks++;
			}
			while (isBusy() && looks < LOOKS_IF_BUSY);
			if (thread.isAlive()) {
				advance(STEP);
			}
		}
		return result();
	}

	/**
	 * Returns whether a thread of the shutdown does anything but wait.
	 */
	private boolean isBusy() {
		Thread[] threads = new Thread[Thread.activeCount() + 10];
		int count = Thread.enumerate(threads);
		return Arrays.stream(threads, 0, count)
			.filter((thread) -> thread == this.closing || thread.getName().startsWith(OWN_THREADS))
			.map(Thread::getState)
			.anyMatch((state) -> state == Thread.State.RUNNABLE || state == Thread.State.BLOCKED);
	}

	private static void join(Thread thread) {
		try {
			thread.join(LOOK_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while the context closes", ex);
		}
	}

	private StopResult result() {
		Outcome outcome = this.shutdown.finish();
		List<StageTime> stages = this.shutdown.getTimeline()
			.entries()
			.stream()
			.map((entry) -> new StageTime(entry.stage().id(), entry.startedAt(), entry.took(), entry.toString()))
			.toList();
		return StopResult.ofContext("context", this.began, Duration.ofNanos(this.clock.getAsLong() - this.beganNanos),
				outcome.exitCode(), outcome.toString(), stages, lost(false), lost(true));
	}

	private List<String> lost(boolean abandoned) {
		return this.shutdown.getLostWork()
			.stream()
			.filter((work) -> work.abandoned() == abandoned)
			.map(LostWork::what)
			.toList();
	}

	/**
	 * Ends a shutdown that the test did not wait for, or did not begin: nobody else moves
	 * the clock.
	 */
	@Override
	public void close() {
		if (this.closing == null) {
			begin();
		}
		awaitEnd();
	}

}
