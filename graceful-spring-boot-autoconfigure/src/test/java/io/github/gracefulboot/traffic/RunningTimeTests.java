package io.github.gracefulboot.traffic;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RunningTime}, whose thread ticks by the real clock and reads another.
 */
class RunningTimeTests {

	private final AtomicLong now = new AtomicLong(-7);

	private final RunningTime time = new RunningTime(this.now::get, new WakeUp());

	@AfterEach
	void end() {
		this.time.end();
	}

	@Test
	void whenItEndsThenSoDoesItsThread() throws InterruptedException {
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		this.time.watch();
		List<Thread> threads = Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> !before.contains(thread) && thread.getName().equals("graceful-running-time"))
			.toList();
		assertThat(threads).hasSize(1);
		this.time.end();
		threads.get(0).join();
	}

	@Test
	void whenTheProcessRunsThenTimePasses() {
		this.time.watch();
		pass(150);
		assertThat(this.time.since(-7)).hasMillis(150);
		pass(150);
		assertThat(this.time.since(-7)).hasMillis(300);
	}

	@Test
	void whenTheProcessStoodStillThenThatTimeDoesNotCount() {
		this.time.watch();
		pass(100);
		assertThat(this.time.since(-7)).hasMillis(100);
		pass(4000);
		assertThat(this.time.since(-7)).hasMillis(100);
		long after = this.now.get();
		pass(50);
		assertThat(this.time.since(-7)).hasMillis(150);
		assertThat(this.time.since(after)).hasMillis(50);
	}

	@Test
	void whenItStoodStillTwiceThenNeitherCounts() {
		this.time.watch();
		pass(1000);
		assertThat(this.time.since(-7)).isZero();
		pass(100);
		assertThat(this.time.since(-7)).hasMillis(100);
		pass(2000);
		assertThat(this.time.since(-7)).hasMillis(100);
	}

	@Test
	void whenItIsNotWatchedThenEverythingCounts() {
		pass(4000);
		assertThat(this.time.since(-7)).hasMillis(4000);
	}

	private void pass(long millis) {
		this.now.addAndGet(Duration.ofMillis(millis).toNanos());
	}

}
