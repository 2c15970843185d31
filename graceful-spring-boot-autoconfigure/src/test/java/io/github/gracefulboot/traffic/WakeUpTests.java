package io.github.gracefulboot.traffic;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WakeUp}.
 */
class WakeUpTests {

	@Test
	void whenWhatIsDoneAgainAndAgainFailsOnceThenItIsDoneAgain() {
		AtomicInteger times = new AtomicInteger();
		Runnable end = new WakeUp().every(Duration.ofMillis(1), "again-and-again", () -> {
			if (times.incrementAndGet() == 1) {
				throw new OutOfMemoryError("no memory");
			}
		});
		try {
			Awaitility.await().untilAsserted(() -> assertThat(times).hasValueGreaterThan(2));
		}
		finally {
			end.run();
		}
	}

}
