package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

import io.github.gracefulboot.traffic.WakeUp;

/**
 * Time that passes only where somebody waits, and things that happen at their hour.
 */
class FakeTime extends WakeUp implements LongSupplier {

	private final NavigableMap<Long, Runnable> agenda = new TreeMap<>();

	private long now = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos();

	private final long start = this.now;

	private boolean raised;

	@Override
	public long getAsLong() {
		return this.now;
	}

	Duration passed() {
		return Duration.ofNanos(this.now - this.start);
	}

	void pass(Duration duration) {
		await(duration, false);
	}

	FakeTime at(Duration when, Runnable what) {
		this.agenda.put(when.toNanos(), what);
		return this;
	}

	@Override
	public void raise() {
		this.raised = true;
	}

	/**
	 * Takes no time, so that it does not show in what is expected.
	 */
	@Override
	public void pause(Duration time) {
	}

	@Override
	public void await(Duration atMost) {
		await(atMost, true);
	}

	private void await(Duration atMost, boolean wakeable) {
		long end = this.now - this.start + atMost.toNanos();
		this.raised &= wakeable;
		while (!this.raised && !this.agenda.isEmpty() && this.agenda.firstKey() <= end) {
			this.now = this.start + this.agenda.firstKey();
			this.agenda.pollFirstEntry().getValue().run();
			this.raised &= wakeable;
		}
		if (!this.raised) {
			this.now = this.start + end;
		}
		this.raised = false;
	}

}
