package io.github.gracefulboot.executor;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Recognises tasks that submit tasks without end. What is in hand when the drain begins
 * is the first round, what these tasks submit is the second, and so on. A request's work
 * may take some rounds, each as long as it needs, or many that are short. When nothing
 * but later rounds is left, somebody only keeps himself busy.
 */
final class FollowUps {

	/**
	 * The rounds that are always waited for.
	 */
	private static final int ROUNDS = 10;

	/**
	 * How long rounds are waited for, however many they are.
	 */
	private static final Duration TIME = Duration.ofSeconds(2);

	private final List<Rounds> executors;

	private final LongSupplier clock;

	private final long begin;

	/**
	 * Begins the first round.
	 * @param executors the executors
	 * @param clock the time in nanoseconds
	 */
	FollowUps(List<DrainableExecutor> executors, LongSupplier clock) {
		this.executors = executors.stream().map(Rounds::new).toList();
		this.clock = clock;
		this.begin = clock.getAsLong();
	}

	/**
	 * Looks at the executors.
	 * @return those that only later rounds keep busy, once there are no others
	 */
	List<DrainableExecutor> endless() {
		this.executors.forEach(Rounds::look);
		if (this.clock.getAsLong() - this.begin < TIME.toNanos()) {
			return List.of();
		}
		List<Rounds> busy = this.executors.stream().filter((rounds) -> !rounds.executor.isIdle()).toList();
		boolean endless = busy.stream()
			.allMatch((rounds) -> rounds.number > ROUNDS && !rounds.executor.runsSince(this.begin));
		return endless ? busy.stream().map((rounds) -> rounds.executor).toList() : List.of();
	}

	/**
	 * The rounds of an executor.
	 */
	private static final class Rounds {

		private final DrainableExecutor executor;

		private int number;

		/**
		 * The number of ended tasks with which the round is over.
		 */
		private long end;

		Rounds(DrainableExecutor executor) {
			this.executor = executor;
			this.end = executor.completed() + executor.inHand();
		}

		private void look() {
			long completed = this.executor.completed();
			if (completed >= this.end) {
				long inHand = this.executor.inHand();
				if (inHand > 0) {
					this.number++;
					this.end = completed + inHand;
				}
			}
		}

	}

}
