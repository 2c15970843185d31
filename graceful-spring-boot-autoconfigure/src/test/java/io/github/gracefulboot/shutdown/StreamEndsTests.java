package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.StreamEnds.Expectation;
import io.github.gracefulboot.shutdown.StreamEnds.Source;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamEnds}.
 */
class StreamEndsTests {

	private static final String ENDPOINT = "GET /streams/{id}";

	private final StreamEnds ends = new StreamEnds((name) -> false, () -> this.running);

	private boolean running = true;

	private final CountDownLatch end = new CountDownLatch(1);

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
	void whenAPublisherWaitsForAConditionThenItEndsUnlessAllClientsHaveLeft() {
		assertThat(this.ends.expect(ENDPOINT, Source.CONDITIONAL, Duration.ZERO, this.drain))
			.isEqualTo(Expectation.ENDS);
		for (int i = 0; i < 5; i++) {
			this.ends.streamEnded(ENDPOINT, Duration.ofSeconds(3), false);
		}
		assertThat(this.ends.expect(ENDPOINT, Source.CONDITIONAL, Duration.ZERO, this.drain))
			.isEqualTo(Expectation.ENDLESS);
		assertThat(this.ends.expect(ENDPOINT, Source.FINITE, Duration.ZERO, this.drain)).isEqualTo(Expectation.ENDS);
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
		assertThat(this.ends.expect("", Source.UNKNOWN, Duration.ZERO, this.drain)).isEqualTo(Expectation.UNKNOWN);
	}

	@Test
	void whenAServerGoesOnForEverThenTheApplicationThatItHasCalledIsAtATaskAllTheSame() {
		StreamEnds ends = new StreamEnds(Application.class.getName()::equals, () -> true);
		Thread answering = serve(Application::answer);
		Thread feeding = serve(Application::feed);
		assertThat(ends.isAtTask(answering)).isTrue();
		assertThat(ends.isAtTask(feeding)).isFalse();
		assertThat(ends.isAtTask(Thread.currentThread())).isFalse();
		this.end.countDown();
	}

	private Thread serve(Consumer<CountDownLatch> application) {
		Thread thread = new Thread(() -> {
			while (this.end.getCount() > 0) {
				application.accept(this.end);
			}
		});
		thread.start();
		Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
		return thread;
	}

	private Expectation expect(Duration age) {
		return this.ends.expect(ENDPOINT, Source.UNKNOWN, age, this.drain);
	}

	private static final class Application {

		private static void answer(CountDownLatch end) {
			try {
				end.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		private static void feed(CountDownLatch end) {
			while (end.getCount() > 0) {
				answer(end);
			}
		}

	}

}
