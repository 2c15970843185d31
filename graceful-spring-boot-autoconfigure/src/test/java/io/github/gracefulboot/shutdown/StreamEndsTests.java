package io.github.gracefulboot.shutdown;

import java.time.Duration;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.StreamEnds.Expectation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamEnds}.
 */
class StreamEndsTests {

	private static final String ENDPOINT = "GET /streams/{id}";

	private final StreamEnds ends = new StreamEnds((name) -> false, () -> this.running);

	private boolean running = true;

	private final Deadline drain = Deadline.after(() -> 0, Duration.ofSeconds(20));

	@Test
	void whenNoneHasEndedThenItIsNotKnown() {
		this.ends.streamEnded("GET /other", Duration.ofSeconds(1), true);
		assertThat(expect(Duration.ZERO)).isEqualTo(Expectation.UNKNOWN);
	}

	@Test
	void whenMostEndByThemselvesThenTheNextDoes() {
		this.ends.streamEnded(ENDPOINT, Duration.ofSeconds(3), true);
		this.ends.streamEnded(ENDPOINT, Duration.ofSeconds(2), false);
		assertThat(expect(Duration.ZERO)).isEqualTo(Expectation.UNKNOWN);
		this.ends.streamEnded(ENDPOINT, Duration.ofSeconds(9), true);
		assertThat(expect(Duration.ZERO)).isEqualTo(Expectation.ENDS);
		assertThat(expect(Duration.ofMinutes(2))).isEqualTo(Expectation.ENDS);
	}

	@Test
	void whenManyClientsHaveLeftThenItHasNoEnd() {
		this.ends.streamEnded(ENDPOINT, Duration.ofSeconds(3), false);
		assertThat(expect(Duration.ZERO)).isEqualTo(Expectation.UNKNOWN);
		for (int i = 0; i < 4; i++) {
			this.ends.streamEnded(ENDPOINT, Duration.ofSeconds(3), false);
		}
		assertThat(expect(Duration.ZERO)).isEqualTo(Expectation.ENDLESS);
	}

	@Test
	void whenHardlyAnyEndsAsSoonAsTheDrainThenOnlyTheOldestAreWaitedFor() {
		for (int i = 0; i < 20; i++) {
			this.ends.streamEnded(ENDPOINT, Duration.ofMinutes(10), true);
		}
		this.ends.streamEnded(ENDPOINT, Duration.ofSeconds(2), true);
		assertThat(expect(Duration.ZERO)).isEqualTo(Expectation.ENDLESS);
		assertThat(expect(Duration.ofSeconds(590))).isEqualTo(Expectation.ENDS);
	}

	@Test
	void whenAShutdownHasBegunThenHowFeedsEndSaysNothing() {
		this.running = false;
		this.ends.streamEnded(ENDPOINT, Duration.ofSeconds(3), true);
		assertThat(expect(Duration.ZERO)).isEqualTo(Expectation.UNKNOWN);
	}

	@Test
	void whenAStreamHasNoEndpointThenItIsNotKnown() {
		this.ends.streamEnded("", Duration.ofSeconds(3), true);
		assertThat(this.ends.expect("", Duration.ZERO, this.drain)).isEqualTo(Expectation.UNKNOWN);
	}

	private Expectation expect(Duration age) {
		return this.ends.expect(ENDPOINT, age, this.drain);
	}

}
