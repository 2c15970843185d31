package io.github.gracefulboot.supervisor;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.github.gracefulboot.traffic.Client;
import io.github.gracefulboot.traffic.Traffic;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReadyGate}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReadyGateTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	private final AtomicLong now = new AtomicLong();

	private final Traffic traffic = new Traffic(this.now::get);

	private final AtomicInteger opened = new AtomicInteger();

	private final AtomicLong openedAt = new AtomicLong();

	@AfterEach
	void whenAllIsOverThenNoThreadIsLeft() {
		soon().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.doesNotContain("graceful-ready"));
		assertThat(this.opened).hasValueLessThanOrEqualTo(1);
	}

	@Test
	void whenThereIsNothingToWaitForThenIsOpenAtOnceInTheSameThread() {
		ReadyGate gate = gate(Duration.ZERO, 0, SOON);
		Thread[] thread = new Thread[1];
		gate.whenOpen(() -> thread[0] = Thread.currentThread());
		assertThat(thread[0]).isSameAs(Thread.currentThread());
		assertThat(gate.isWaiting()).isFalse();
	}

	@Test
	void whenThereIsADelayThenOpensAfterIt() {
		ReadyGate gate = gate(Duration.ofMillis(300), 0, Duration.ZERO);
		Duration waited = await(gate);
		assertThat(waited).isBetween(Duration.ofMillis(300), Duration.ofSeconds(10));
		assertThat(gate.isWaiting()).isFalse();
	}

	@Test
	void whenEachProberWasAnsweredOftenEnoughThenOpens(CapturedOutput output) {
		probe("one", 503, 503, 200, 200);
		probe("other", 200, 503, 200);
		ReadyGate gate = gate(Duration.ZERO, 2, SOON);
		long since = System.nanoTime();
		gate.whenOpen(this::open);
		staysClosed(Duration.ofMillis(200));
		probe("other", 200);
		soon().untilAtomic(this.opened, Matchers.is(1));
		assertThat(Duration.ofNanos(this.openedAt.get() - since)).isGreaterThan(Duration.ofMillis(200));
		assertThat(output).isEmpty();
	}

	@Test
	void whenProbersAreSatisfiedBeforeTheDelayIsOverThenTheDelayStillCounts() {
		probe("one", 200, 200, 200);
		assertThat(await(gate(Duration.ofMillis(300), 2, SOON))).isGreaterThanOrEqualTo(Duration.ofMillis(300));
	}

	@Test
	void whenNobodyProbesThenOpensAfterTheLongestWaitWithAWarning(CapturedOutput output) {
		Duration waited = await(gate(Duration.ZERO, 2, Duration.ofMillis(300)));
		assertThat(waited).isBetween(Duration.ofMillis(300), Duration.ofSeconds(10));
		assertThat(output.getAll().lines()).singleElement()
			.asString()
			.contains("WARN")
			.contains("2 successful readiness probes")
			.contains("graceful.ready.probes");
	}

	@Test
	void whenLongestWaitIsShorterThanTheDelayThenTheDelayCounts() {
		assertThat(await(gate(Duration.ofMillis(300), 1, Duration.ofMillis(50))))
			.isGreaterThanOrEqualTo(Duration.ofMillis(300));
	}

	@Test
	void whenClosedMeanwhileThenNeverOpens(CapturedOutput output) {
		ReadyGate gate = gate(Duration.ofMillis(200), 2, Duration.ofMillis(200));
		gate.whenOpen(this::open);
		assertThat(gate.isWaiting()).isTrue();
		gate.close();
		soon().until(() -> !gate.isWaiting());
		staysClosed(Duration.ofMillis(300));
		assertThat(output).isEmpty();
	}

	@Test
	void whenClosedBeforeThenNeverOpens() {
		ReadyGate gate = gate(Duration.ZERO, 0, SOON);
		gate.close();
		gate.whenOpen(this::open);
		assertThat(this.opened).hasValue(0);
	}

	@Test
	void whenProbersCanNotBeAskedThenOpensAfterTheLongestWaitAllTheSame() {
		ReadyGate gate = new ReadyGate(Duration.ZERO, 1, Duration.ofMillis(200), () -> {
			throw new IllegalStateException("no traffic");
		});
		assertThat(await(gate)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
	}

	private ReadyGate gate(Duration delay, int probes, Duration max) {
		return new ReadyGate(delay, probes, max, this.traffic::activeProbers);
	}

	private Duration await(ReadyGate gate) {
		long since = System.nanoTime();
		gate.whenOpen(this::open);
		assertThat(gate.isWaiting()).isTrue();
		soon().untilAtomic(this.opened, Matchers.is(1));
		return Duration.ofNanos(this.openedAt.get() - since);
	}

	private void open() {
		this.openedAt.set(System.nanoTime());
		this.opened.incrementAndGet();
	}

	private void staysClosed(Duration duration) {
		Awaitility.await()
			.pollDelay(Duration.ZERO)
			.during(duration)
			.atMost(SOON)
			.untilAsserted(() -> assertThat(this.opened).hasValue(0));
	}

	private void probe(String client, int... statuses) {
		for (int status : statuses) {
			this.now.addAndGet(1000);
			this.traffic.probeAnswered(new Client("192.0.2.1", client), status == 200);
		}
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(SOON).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
	}

}
