package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import io.github.gracefulboot.ActiveTask;
import org.jspecify.annotations.Nullable;

/**
 * Tells for how long work in hand has not moved: no task has ended, no participant has
 * finished and no stage has begun.
 */
final class Progress {

	private final LongSupplier clock;

	private Map<Task, Group> before = Map.of();

	private volatile long last;

	Progress(LongSupplier clock) {
		this.clock = clock;
		this.last = clock.getAsLong();
	}

	/**
	 * Something has moved.
	 */
	void made() {
		this.last = this.clock.getAsLong();
	}

	/**
	 * Looks whether a task has ended since the last call. Tasks that look the same, such
	 * as two streams of the same path, are counted.
	 * @param tasks the work in hand
	 */
	void look(Collection<ActiveTask> tasks) {
		Map<Task, Group> now = new HashMap<>();
		tasks.forEach((task) -> now.merge(new Task(task.description(), task.thread()), Group.of(task), Group::plus));
		if (this.before.entrySet().stream().anyMatch((entry) -> entry.getValue().hasEnded(now.get(entry.getKey())))) {
			made();
		}
		this.before = now;
	}

	/**
	 * Returns how long nothing has moved.
	 * @return the time since the last sign of progress
	 */
	Duration still() {
		return Duration.ofNanos(this.clock.getAsLong() - this.last);
	}

	private record Task(String description, @Nullable Thread thread) {

	}

	private record Group(int size, Duration oldest) {

		private static Group of(ActiveTask task) {
			Duration age = task.age();
			return new Group(1, (age != null) ? age : Duration.ZERO);
		}

		private Group plus(Group other) {
			return new Group(this.size + other.size, Durations.longer(this.oldest, other.oldest));
		}

		private boolean hasEnded(@Nullable Group now) {
			return now == null || now.size < this.size || now.oldest.compareTo(this.oldest) < 0;
		}

	}

}
