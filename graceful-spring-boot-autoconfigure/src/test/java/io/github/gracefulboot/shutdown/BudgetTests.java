package io.github.gracefulboot.shutdown;

import java.time.Duration;

import io.github.gracefulboot.Deadline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Budget} and {@link Percentage}.
 */
class BudgetTests {

	@Test
	void whenNothingIsSetThenTheLameDuckMayTakeFifteenSeconds() {
		Budget budget = budget(Duration.ofSeconds(60), Duration.ZERO, null);
		assertThat(budget.lameDuckMax()).isEqualTo(Duration.ofSeconds(15));
		assertThat(budget.reserve()).isEqualTo(Duration.ofSeconds(12));
	}

	@Test
	void whenOnlyAShortTimeoutIsSetThenTheDefaultGivesWay() {
		assertThat(budget(Duration.ofSeconds(3), Duration.ZERO, null).lameDuckMax()).isEqualTo(Duration.ofMillis(1500));
	}

	@Test
	void whenTheTimeoutIsThatOfAContainerThenTheUsualBalancerStillFits() {
		Budget budget = budget(Duration.ofSeconds(9), Duration.ZERO, null);
		assertThat(budget.lameDuckMax()).isEqualTo(Duration.ofMillis(6200));
		assertThat(budget(Duration.ofSeconds(12), Duration.ZERO, null).lameDuckMax()).hasMillis(6500);
	}

	@Test
	void whenMinimumIsLongerThanTheDefaultMaximumThenTheDefaultGivesWay() {
		assertThat(budget(Duration.ofSeconds(60), Duration.ofSeconds(20), null).lameDuckMax())
			.isEqualTo(Duration.ofSeconds(20));
	}

	@Test
	void whenMaximumReachesIntoTheReserveThenTheReserveIsKept() {
		assertThat(budget(Duration.ofSeconds(10), Duration.ZERO, Duration.ofSeconds(9)).lameDuckMax())
			.isEqualTo(Duration.ofSeconds(8));
	}

	@Test
	void whenStageTakesItsTimeThenTheNextHasWhatIsLeft() {
		FakeTime time = new FakeTime();
		Budget budget = budget(Duration.ofSeconds(10), Duration.ZERO, Duration.ofSeconds(4));
		Deadline stop = Deadline.after(time, budget.timeout());
		assertThat(budget.lameDuck(stop).remaining()).isEqualTo(Duration.ofSeconds(4));
		time.pass(Duration.ofSeconds(5));
		assertThat(budget.lameDuck(stop).remaining()).isEqualTo(Duration.ofSeconds(3));
		assertThat(budget.drain(stop).remaining()).isEqualTo(Duration.ofSeconds(3));
		assertThat(budget.release(stop).remaining()).isEqualTo(Duration.ofSeconds(4));
		time.pass(Duration.ofSeconds(6));
		assertThat(budget.release(stop).hasPassed()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(longs = { 50, 300, 1300, 3000, 4000, 30_000, 600_000 })
	void whenTimeIsShortThenEachDeadlineStillComesBeforeTheNextAndTheLastWords(long timeout) {
		Budget budget = budget(Duration.ofMillis(timeout), Duration.ZERO, null);
		Deadline stop = Deadline.after(new FakeTime(), budget.timeout());
		Duration lastWords = Durations.shorter(Duration.ofMillis(400), budget.timeout().dividedBy(20))
			.plus(Durations.shorter(Duration.ofMillis(300), budget.timeout().dividedBy(25)));
		assertThat(budget.work(stop).remaining()).isGreaterThan(budget.drain(stop).remaining());
		assertThat(budget.release(stop).remaining()).isGreaterThan(budget.work(stop).remaining());
		assertThat(stop.minus(lastWords).remaining()).isGreaterThan(budget.release(stop).remaining());
	}

	@Test
	void whenShareIsNoWholePercentageThenSaysWhatOneLooksLike() {
		assertThat(Percentage.of("20%")).isEqualTo(new Percentage(20));
		assertThatIllegalArgumentException().isThrownBy(() -> Percentage.of("0.2"))
			.withMessageContaining("such as 20%");
		assertThatIllegalArgumentException().isThrownBy(() -> Percentage.of("120%")).withMessageContaining("between");
	}

	@ParameterizedTest
	@CsvSource({ "1, 1", "100, 50", "300, 150", "600, 300", "601, 301", "1000, 700", "1600, 1300", "2000, 1700",
			"3000, 2700", "5000, 4500", "10000, 9000", "30000, 29000" })
	void whenSupervisorKillsThenAMarginIsKept(long untilKill, long timeout) {
		Duration before = Budget.before(Duration.ofMillis(untilKill));
		assertThat(before.plusNanos(500_000).toMillis()).isEqualTo(timeout);
		assertThat(before).isPositive().isLessThan(Duration.ofMillis(untilKill));
	}

	private static Budget budget(Duration timeout, Duration min, Duration max) {
		return Budget.of(timeout, min, max, new Percentage(20));
	}

	@Test
	void whenThereIsLessTimeThenItIsSharedOutInTheSameWay() {
		Budget budget = Budget.of(Duration.ofSeconds(30), Duration.ZERO, null, new Percentage(20));
		assertThat(budget.within(Duration.ofSeconds(10))).isEqualTo(new Budget(Duration.ofSeconds(10),
				Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(10)));
		assertThat(budget.within(Duration.ofSeconds(40))).isSameAs(budget);
	}

	@Test
	void whenWorkNeedsMoreTimeThenTheBudgetIsRaisedUpToItsLimit() {
		Budget budget = Budget.of(Duration.ofSeconds(30), Duration.ZERO, null, new Percentage(20));
		Budget raised = budget.upTo(Duration.ofSeconds(200)).with(Duration.ofSeconds(80));
		assertThat(raised.timeout()).isEqualTo(Duration.ofSeconds(100));
		assertThat(raised.reserve()).isEqualTo(Duration.ofSeconds(20));
		assertThat(raised.lameDuckMax()).isEqualTo(budget.lameDuckMax());
		assertThat(budget.upTo(Duration.ofSeconds(50)).with(Duration.ofSeconds(80)).timeout())
			.isEqualTo(Duration.ofSeconds(50));
	}

	@Test
	void whenWorkNeedsNoMoreTimeOrTheTimeoutIsFixedThenTheBudgetStays() {
		Budget budget = Budget.of(Duration.ofSeconds(30), Duration.ZERO, null, new Percentage(20));
		assertThat(budget.with(Duration.ofSeconds(80))).isSameAs(budget);
		Budget free = budget.upTo(Duration.ofDays(1));
		assertThat(free.with(Duration.ofSeconds(20))).isSameAs(free);
		assertThat(free.with(Duration.ZERO)).isSameAs(free);
	}

}
