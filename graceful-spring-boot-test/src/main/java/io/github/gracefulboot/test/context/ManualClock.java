package io.github.gracefulboot.test.context;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.gracefulboot.traffic.WakeUp;

/**
 * A clock that stands still until a test moves it: what waits in a shutdown waits for
 * this time.
 */
final class ManualClock extends WakeUp {

	/**
	 * In such steps time passes, so that a jump does not look like a process that stood
	 * still.
	 */
	private static final long STEP = Duration.ofMillis(10).toNanos();

	/**
	 * Spring takes a thread that waits without a limit for stuck.
	 */
	private static final long LOOK_MILLIS = 1000;

	private final List<Runnable> ticks = new CopyOnWriteArrayList<>();

	private long now;

	private boolean raised;

	void advance(Duration duration) {
		long left = duration.toNanos();
		while (left > 0) {
			step(Math.min(left, STEP));
			this.ticks.forEach(Runnable::run);
			left -= STEP;
		}
	}

	private synchronized void step(long nanos) {
		this.now += nanos;
		notifyAll();
	}

	@Override
	public synchronized long getAsLong() {
		return this.now;
	}

	@Override
	public synchronized void raise() {
		this.raised = true;
		notifyAll();
	}

	@Override
	public synchronized void pause(Duration time) throws InterruptedException {
		long end = this.now + time.toNanos();
		while (this.now < end) {
			wait(LOOK_MILLIS);
		}
	}

	@Override
	public synchronized void await(Duration atMost) throws InterruptedException {
		long end = this.now + atMost.toNanos();
		while (!this.raised && this.now < end) {
			wait(LOOK_MILLIS);
		}
		this.raised = false;
	}

	@Override
	public Runnable every(Duration period, String name, Runnable action) {
		this.ticks.add(action);
		return () -> this.ticks.remove(action);
	}

}
