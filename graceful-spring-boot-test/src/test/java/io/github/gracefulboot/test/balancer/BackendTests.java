package io.github.gracefulboot.test.balancer;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link Backend}.
 */
class BackendTests {

	private final Backend backend = new Backend(8080, 3, 2);

	@Test
	void whenEnoughAnswersInARowAreGoodThenItIsUp() {
		assertThat(this.backend.isUp()).isFalse();
		this.backend.act(true, 1);
		assertThat(this.backend.isUp()).isFalse();
		this.backend.act(false, 2);
		this.backend.act(true, 3);
		assertThat(this.backend.isUp()).isFalse();
		this.backend.act(true, 4);
		assertThat(this.backend.isUp()).isTrue();
	}

	@Test
	void whenEnoughAnswersInARowFailThenItIsDown() {
		this.backend.act(true, 1);
		this.backend.act(true, 2);
		this.backend.act(false, 3);
		this.backend.act(false, 4);
		this.backend.act(true, 5);
		this.backend.act(false, 6);
		this.backend.act(false, 7);
		assertThat(this.backend.isUp()).isTrue();
		this.backend.act(false, 8);
		assertThat(this.backend.isUp()).isFalse();
	}

	@Test
	void whenItIsAskedSinceWhenThenOnlyGoodAnswersOfLaterProbesCount() {
		this.backend.act(true, 10);
		this.backend.act(true, 20);
		assertThat(this.backend.isUpSince(15)).isTrue();
		assertThat(this.backend.isUpSince(20)).isFalse();
		this.backend.act(false, 30);
		assertThat(this.backend.isUpSince(20)).isFalse();
	}

}
