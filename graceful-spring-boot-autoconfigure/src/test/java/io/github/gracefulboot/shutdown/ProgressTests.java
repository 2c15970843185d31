package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.List;

import io.github.gracefulboot.ActiveTask;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Progress}.
 */
class ProgressTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final FakeTime time = new FakeTime();

	private final Progress progress = new Progress(this.time);

	@Test
	void whenTheSameTasksGoOnThenThereIsNone() {
		look(stream(1), request(1, 1), request(2, 1));
		look(stream(2), request(1, 2), request(2, 2));
		assertThat(this.progress.still()).isEqualTo(SECOND.multipliedBy(2));
	}

	@Test
	void whenTasksBeginThenThereIsNone() {
		look(request(1, 1));
		look(request(1, 2), request(2, 0), stream(0));
		assertThat(this.progress.still()).isEqualTo(SECOND.multipliedBy(2));
	}

	@Test
	void whenATaskEndsThenThereIsProgress() {
		look(request(1, 1), request(2, 1));
		look(request(2, 2));
		assertThat(this.progress.still()).isZero();
	}

	@Test
	void whenOneOfManyOfTheSameKindEndsThenThereIsProgress() {
		look(stream(1), stream(1), stream(1));
		look(stream(2), stream(2));
		assertThat(this.progress.still()).isZero();
	}

	@Test
	void whenATaskIsFollowedByOneOfTheSameKindThenThereIsProgress() {
		look(stream(5));
		look(stream(0));
		assertThat(this.progress.still()).isZero();
	}

	private void look(ActiveTask... tasks) {
		this.time.pass(SECOND);
		this.progress.look(List.of(tasks));
	}

	private static ActiveTask stream(int age) {
		return new ActiveTask("GET /events", Duration.ofSeconds(age), null);
	}

	private static ActiveTask request(int number, int age) {
		return new ActiveTask("GET /" + number, Duration.ofSeconds(age), Thread.currentThread());
	}

}
