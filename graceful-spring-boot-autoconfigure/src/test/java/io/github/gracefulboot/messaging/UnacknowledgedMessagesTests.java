package io.github.gracefulboot.messaging;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.github.gracefulboot.Background;
import io.github.gracefulboot.Deadline;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link UnacknowledgedMessages}.
 */
class UnacknowledgedMessagesTests {

	private static final String SOURCE = "orders";

	private static final Duration PATIENCE = UnacknowledgedMessages.PATIENCE;

	private final AtomicLong now = new AtomicLong();

	private final AtomicBoolean exists = new AtomicBoolean(true);

	private final UnacknowledgedMessages byHand = messages(false);

	@Test
	void whenNothingWasTakenThenNothingIsAwaited() {
		assertThat(this.byHand.close()).isFalse();
	}

	@Test
	void whenShutdownHasBegunThenTheListenerIsNotCalled() throws Throwable {
		take(this.byHand, 1);
		this.byHand.close();
		AtomicBoolean called = new AtomicBoolean();
		this.byHand.take(Map.of(SOURCE, List.of(2L)), () -> called.getAndSet(true));
		assertThat(called).isFalse();
		this.byHand.take(Map.of(SOURCE, List.of(1L)), () -> called.getAndSet(true));
		assertThat(called).as("a part of a message that was taken before").isTrue();
	}

	@Test
	void whenAcknowledgedLaterThenIsAwaited() {
		take(this.byHand, 1);
		take(this.byHand, 2);
		CompletableFuture<Void> awaited = await(this.byHand);
		this.byHand.acknowledged(SOURCE, 2, false);
		assertThat(this.byHand.isDone()).isFalse();
		assertThat(this.byHand.activeTasks("Listener")).singleElement()
			.hasToString("Listener: 1 not acknowledged for 0.0 s");
		this.byHand.acknowledged(SOURCE, 1, false);
		assertThat(awaited).succeedsWithin(PATIENCE);
		assertThat(this.byHand.isDone()).isTrue();
	}

	@Test
	void whenListenerThrowsThenItIsNotAwaited() {
		assertThat(catchThrowable(() -> this.byHand.take(Map.of(SOURCE, List.of(1L)), () -> List.of().get(0))))
			.isInstanceOf(RuntimeException.class);
		assertThat(this.byHand.close()).isFalse();
	}

	@Test
	void whenNoSignComesThenTheRestIsGivenUpAndKept() {
		take(this.byHand, 1);
		CompletableFuture<Void> awaited = await(this.byHand);
		pass(PATIENCE.multipliedBy(2));
		assertThat(awaited).succeedsWithin(PATIENCE);
		this.byHand.acknowledged(SOURCE, 1, false);
		this.byHand.forget(SOURCE);
		assertThat(this.byHand.isDone()).isFalse();
	}

	@Test
	void whenFuturesWereReturnedThenTheyAreAwaitedToTheDeadline() {
		UnacknowledgedMessages futures = messages(true);
		take(futures, 1);
		CompletableFuture<Void> awaited = await(futures);
		pass(PATIENCE.multipliedBy(100));
		assertThat(futures.isDone()).isFalse();
		futures.acknowledged(SOURCE, 1, false);
		assertThat(awaited).succeedsWithin(PATIENCE);
	}

	@Test
	void whenListenerNeverAcknowledgesThenItIsNotAwaited() {
		take(this.byHand, 1);
		pass(PATIENCE.plusSeconds(1));
		take(this.byHand, 2);
		assertThat(this.byHand.close()).isFalse();
	}

	@Test
	void whenListenerAcknowledgesOnlyBeforeItReturnsThenItIsNotAwaited() throws Throwable {
		this.byHand.take(Map.of(SOURCE, List.of(1L)), () -> {
			this.byHand.acknowledged(SOURCE, 1, false);
			return null;
		});
		take(this.byHand, 2);
		assertThat(this.byHand.close()).isFalse();
	}

	@Test
	void whenOneWasForgottenLongAgoThenOnlyOthersAreAwaited() {
		take(this.byHand, 1);
		pass(PATIENCE.plusSeconds(1));
		take(this.byHand, 2);
		this.byHand.acknowledged(SOURCE, 2, false);
		assertThat(this.byHand.close()).isFalse();
	}

	@Test
	void whenSeveralAreUsuallyAcknowledgedAtOnceThenTheRestIsNotMissed() {
		take(this.byHand, 1);
		take(this.byHand, 2);
		this.byHand.acknowledged(SOURCE, 2, true);
		take(this.byHand, 3);
		CompletableFuture<Void> awaited = await(this.byHand);
		pass(UnacknowledgedMessages.LEAST_PATIENCE.plusSeconds(1));
		assertThat(awaited).succeedsWithin(PATIENCE);
		assertThat(this.byHand.isDone()).isTrue();
	}

	@Test
	void whenTheSourceIsGoneThenItIsNotAwaited() {
		take(this.byHand, 1);
		CompletableFuture<Void> awaited = await(this.byHand);
		this.exists.set(false);
		assertThat(awaited).succeedsWithin(PATIENCE);
		assertThat(this.byHand.isDone()).isTrue();
	}

	private UnacknowledgedMessages messages(boolean certain) {
		return new UnacknowledgedMessages(certain, (source) -> this.exists.get(), this.now::get);
	}

	private void pass(Duration time) {
		this.now.addAndGet(time.toNanos());
	}

	private static void take(UnacknowledgedMessages messages, long id) {
		try {
			messages.take(Map.of(SOURCE, List.of(id)), () -> null);
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static CompletableFuture<Void> await(UnacknowledgedMessages messages) {
		CompletableFuture<Void> awaited = Background.run(() -> {
			try {
				messages.await(Deadline.after(System::nanoTime, Duration.ofMinutes(1)));
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		Awaitility.await().until(messages::isClosed);
		return awaited;
	}

}
