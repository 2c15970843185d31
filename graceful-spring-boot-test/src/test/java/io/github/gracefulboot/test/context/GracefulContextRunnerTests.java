package io.github.gracefulboot.test.context;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.GracefulShutdown;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.test.StopResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of {@link GracefulContextRunner}.
 */
class GracefulContextRunnerTests {

	private static final Duration MUCH_LESS_THAN_THE_BUDGET = Duration.ofSeconds(10);

	private final GracefulContextRunner runner = new GracefulContextRunner()
		.withPropertyValues("graceful.shutdown.timeout=60s");

	@Test
	void whenNothingIsInHandThenTheShutdownIsCleanAndTakesNoTime() {
		this.runner.run((stop) -> assertThat(stop.begin().awaitEnd()).isClean()
			.hasExitCode(0)
			.tookLessThan(Duration.ofSeconds(1)));
	}

	@Test
	void whenAParticipantFinishesThenTheShutdownIsClean() {
		Work work = new Work();
		this.runner.withBean("orders", DrainParticipant.class, () -> work).run((stop) -> {
			stop.begin().awaitStage(Stage.DRAIN).advance(Duration.ofSeconds(5));
			work.done.countDown();
			StopResult result = stop.awaitEnd();
			assertThat(result).isClean();
			assertThat(result.getTook()).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
			assertThat(result.getStages()).extracting((stage) -> stage.stage())
				.containsExactly("announce", "lame-duck", "drain", "release", "exit");
		});
	}

	@Test
	void whenAParticipantHangsThenItIsCutOffAtItsDeadlineAndTheTestDoesNotTakeThatLong() {
		long began = System.nanoTime();
		this.runner.withBean("orders", DrainParticipant.class, Work::new).run((stop) -> {
			StopResult result = stop.begin().awaitEnd();
			assertThat(result).isForced().hasExitCode(1).cutOff("order 42");
			assertThat(result.getTook()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(61));
		});
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(MUCH_LESS_THAN_THE_BUDGET.multipliedBy(3));
	}

	@Test
	void whenTheLameDuckHasALeastTimeThenThatHasToPass() {
		this.runner.withPropertyValues("graceful.lame-duck.min=12s").run((stop) -> {
			stop.begin().awaitStage(Stage.LAME_DUCK).advance(Duration.ofSeconds(11));
			assertThat(stop.getContext().getBean(GracefulShutdown.class).getStage()).isEqualTo(Stage.LAME_DUCK);
			assertThat(stop.advance(Duration.ofSeconds(2)).awaitEnd()).isClean();
		});
	}

	@Test
	@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
	void whenATestFailsBeforeItBeginsTheShutdownThenItDoesNotHang() {
		GracefulContextRunner.ContextTest failing = (stop) -> {
			throw new IllegalStateException("failed");
		};
		assertThatIllegalStateException()
			.isThrownBy(() -> this.runner.withBean("orders", DrainParticipant.class, Work::new).run(failing))
			.withMessage("failed");
	}

	/**
	 * Work that goes on until it is told.
	 */
	private static final class Work implements DrainParticipant {

		private final CountDownLatch done = new CountDownLatch(1);

		@Override
		public List<ActiveTask> activeTasks() {
			return (this.done.getCount() > 0) ? List.of(new ActiveTask("order 42", null, null)) : List.of();
		}

		@Override
		public void drain(Deadline deadline) throws InterruptedException {
			this.done.await();
		}

	}

}
