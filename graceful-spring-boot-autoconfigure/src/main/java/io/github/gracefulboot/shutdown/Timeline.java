package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.github.gracefulboot.DrainParticipant.Role;
import io.github.gracefulboot.Stage;
import org.jspecify.annotations.Nullable;

/**
 * What happened when during a shutdown, stage by stage.
 */
public final class Timeline {

	private final List<Entry> entries = new ArrayList<>();

	private final List<Drained> drained = new ArrayList<>();

	synchronized void enter(Stage stage, Instant at, long nanos) {
		this.entries.add(new Entry(stage, at, nanos, null));
	}

	/**
	 * Ends a stage, unless it has ended.
	 * @param stage the stage
	 * @param nanos when that is
	 * @param how how it ended
	 * @return how long it took
	 */
	synchronized Duration end(Stage stage, long nanos, StageEnd how) {
		this.entries
			.replaceAll((entry) -> (entry.stage() == stage && entry.end() == null) ? new Entry(stage, entry.startedAt(),
					entry.startedNanos(), new End(Duration.ofNanos(nanos - entry.startedNanos()), how)) : entry);
		End end = endOf(stage);
		return (end != null) ? end.took() : Duration.ZERO;
	}

	synchronized void drained(Drained participant) {
		this.drained.add(participant);
	}

	synchronized Duration lastTook() {
		return this.entries.isEmpty() ? Duration.ZERO : this.entries.get(this.entries.size() - 1).took();
	}

	/**
	 * Returns the stages that have begun, in order.
	 * @return a copy of the entries
	 */
	public synchronized List<Entry> entries() {
		return List.copyOf(this.entries);
	}

	/**
	 * Returns how a stage ended.
	 * @param stage the stage
	 * @return the end, or {@code null} if it has not ended
	 */
	public synchronized @Nullable End endOf(Stage stage) {
		End end = null;
		for (Entry entry : this.entries) {
			end = (entry.stage() == stage) ? entry.end() : end;
		}
		return end;
	}

	/**
	 * Returns the participants that were drained, in the order of their roles.
	 * @return a copy
	 */
	public synchronized List<Drained> participants() {
		return List.copyOf(this.drained);
	}

	/**
	 * Sums it up, such as {@code announce 20 ms, lame-duck 1.2 s (received 2 failing
	 * readiness responses), drain 50 ms}.
	 */
	@Override
	public String toString() {
		return entries().stream()
			.map(Entry::toString)
			.filter((text) -> !text.isEmpty())
			.collect(Collectors.joining(", "));
	}

	/**
	 * A stage of the shutdown.
	 *
	 * @param stage the stage
	 * @param startedAt when it began
	 * @param startedNanos when it began, in {@link System#nanoTime()}
	 * @param end how it ended, or {@code null} while it goes on
	 */
	public record Entry(Stage stage, Instant startedAt, long startedNanos, @Nullable End end) {

		/**
		 * Returns how long the stage took.
		 * @return the duration, zero while it goes on
		 */
		public Duration took() {
			return (this.end != null) ? this.end.took() : Duration.ZERO;
		}

		@Override
		public String toString() {
			if (this.end == null) {
				return "";
			}
			String detail = this.end.how().detail();
			return this.stage.id() + " " + Durations.text(took()) + ((detail != null) ? " (" + detail + ")" : "");
		}

	}

	/**
	 * The drain of a participant.
	 *
	 * @param name its name
	 * @param role what it is to the work
	 * @param startedAt when its drain began
	 * @param took how long it was waited for
	 * @param finished whether nothing of it was left
	 */
	public record Drained(String name, Role role, Instant startedAt, Duration took, boolean finished) {

	}

	/**
	 * The end of a stage.
	 *
	 * @param took how long the stage took
	 * @param how how it ended
	 */
	public record End(Duration took, StageEnd how) {

	}

}
