package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
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

	private long frozenFrom = Long.MAX_VALUE;

	private long frozenTo = Long.MAX_VALUE;

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
		this.agenda.merge(when.toNanos(), what, (first, second) -> () -> {
			first.run();
			second.run();
		});
		return this;
	}

	/**
	 * The process stands still: what happens meanwhile is seen at the end.
	 */
	void freeze(Duration from, Duration to) {
		this.frozenFrom = from.toNanos();
		this.frozenTo = to.toNanos();
	}

	private long seen(long when) {
		return (when >= this.frozenFrom && when < this.frozenTo) ? this.frozenTo : when;
	}

	/**
	 * Never at the same time as something else.
	 */
	@Override
	public Runnable every(Duration period, String name, Runnable action) {
		AtomicBoolean ended = new AtomicBoolean();
		tick(this.now - this.start + 7, period.toNanos(), () -> {
			action.run();
			return !ended.get();
		});
		return () -> ended.set(true);
	}

	private void tick(long after, long period, BooleanSupplier action) {
		this.agenda.put(after + period, () -> {
			if (action.getAsBoolean()) {
				tick(Math.max(after + period, this.now - this.start), period, action);
			}
		});
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
		long end = seen(this.now - this.start + atMost.toNanos());
		this.raised &= wakeable;
		while (!this.raised && !this.agenda.isEmpty() && this.agenda.firstKey() <= end) {
			this.now = this.start + Math.max(this.now - this.start, seen(this.agenda.firstKey()));
			this.agenda.pollFirstEntry().getValue().run();
			this.raised &= wakeable;
		}
		if (!this.raised) {
			this.now = this.start + end;
		}
		this.raised = false;
	}

}
