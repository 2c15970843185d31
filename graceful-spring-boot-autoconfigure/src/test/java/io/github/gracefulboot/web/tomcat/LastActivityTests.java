package io.github.gracefulboot.web.tomcat;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link LastActivity}.
 */
class LastActivityTests {

	private static final long NANOS = -5_000_000_000L;

	private final Object connection = new Object();

	private final LastActivity lastActivity = new LastActivity();

	@Test
	void whenTheClockIsRightThenTellsWhenItWasUsed() {
		assertThat(idleMillis(10_000, 12_500, NANOS)).isEqualTo(2_500);
	}

	@Test
	void whenTheClockWasSetBackThenCountsFromTheFirstLook() {
		assertThat(idleMillis(10_000, 4_000, NANOS)).isZero();
		assertThat(idleMillis(10_000, 4_700, NANOS + 700_000_000L)).isEqualTo(700);
	}

	@Test
	void whenItIsUsedAgainThenCountsAnew() {
		assertThat(idleMillis(10_000, 4_000, NANOS)).isZero();
		assertThat(idleMillis(10_400, 4_500, NANOS + 500_000_000L)).isZero();
		assertThat(idleMillis(4_600, 4_900, NANOS + 900_000_000L)).isEqualTo(300);
	}

	private long idleMillis(long noted, long nowMillis, long nowNanos) {
		long last = this.lastActivity.of(this.connection, noted, nowMillis, nowNanos);
		return TimeUnit.NANOSECONDS.toMillis(nowNanos - last);
	}

}
