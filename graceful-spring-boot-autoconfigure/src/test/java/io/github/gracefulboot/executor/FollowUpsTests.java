package io.github.gracefulboot.executor;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.github.gracefulboot.ActiveTask;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FollowUps}.
 */
class FollowUpsTests {

	private final AtomicLong clock = new AtomicLong();

	private final Tasks first = new Tasks();

	private final Tasks second = new Tasks();

	@Test
	void whenTasksSubmitThemselvesOverAndOverThenTheyAreEndless() {
		this.first.inHand = 1;
		FollowUps followUps = followUps();
		for (int i = 0; i < 100; i++) {
			step(this.first, Duration.ofMillis(10));
			assertThat(followUps.endless()).isEmpty();
		}
		step(this.first, Duration.ofSeconds(5));
		assertThat(followUps.endless()).containsExactly(this.first);
	}

	@Test
	void whenAFewFollowUpsTakeLongThenTheyAreWaitedFor() {
		this.first.inHand = 1;
		FollowUps followUps = followUps();
		for (int i = 0; i < 10; i++) {
			step(this.first, Duration.ofSeconds(3));
			assertThat(followUps.endless()).isEmpty();
		}
		step(this.first, Duration.ofSeconds(3));
		assertThat(followUps.endless()).containsExactly(this.first);
	}

	@Test
	void whenTasksGoRoundTwoExecutorsThenTheyAreEndless() {
		this.first.inHand = 1;
		this.second.inHand = 1;
		FollowUps followUps = followUps();
		for (int i = 0; i < 12; i++) {
			step(this.first, Duration.ofSeconds(1));
			step(this.second, Duration.ofSeconds(1));
			followUps.endless();
		}
		assertThat(followUps.endless()).containsExactly(this.first, this.second);
	}

	@Test
	void whenATaskThatWasThereBeforeGivesWorkToAnotherExecutorThenThatIsWaitedFor() {
		this.first.inHand = 1;
		this.second.inHand = 1;
		FollowUps followUps = followUps();
		for (int i = 0; i < 100; i++) {
			step(this.second, Duration.ofSeconds(1));
			assertThat(followUps.endless()).isEmpty();
		}
		this.first.completed++;
		this.first.inHand = 0;
		step(this.second, Duration.ofSeconds(1));
		assertThat(followUps.endless()).containsExactly(this.second);
	}

	@Test
	void whenATaskOfTheSameExecutorIsKnownToHaveBeenThereBeforeThenItsFollowUpsAreWaitedFor() {
		this.first.inHand = 2;
		this.first.runsFromTheBeginning = true;
		FollowUps followUps = followUps();
		for (int i = 0; i < 100; i++) {
			step(this.first, Duration.ofSeconds(1));
			assertThat(followUps.endless()).isEmpty();
		}
	}

	private FollowUps followUps() {
		return new FollowUps(List.of(this.first, this.second), this.clock::get);
	}

	private void step(Tasks tasks, Duration took) {
		this.clock.addAndGet(took.toNanos());
		tasks.completed++;
	}

	private static final class Tasks implements DrainableExecutor {

		private long completed;

		private long inHand;

		private boolean runsFromTheBeginning;

		@Override
		public String name() {
			return "tasks";
		}

		@Override
		public long completed() {
			return this.completed;
		}

		@Override
		public long inHand() {
			return this.inHand;
		}

		@Override
		public boolean runsSince(long nanoTime) {
			return this.runsFromTheBeginning;
		}

		@Override
		public Collection<ActiveTask> activeTasks(boolean named) {
			return List.of();
		}

	}

}
