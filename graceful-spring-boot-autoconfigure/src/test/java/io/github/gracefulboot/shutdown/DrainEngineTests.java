package io.github.gracefulboot.shutdown;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DrainEngineTests {

	@Test
	void whenALookTakesLongThenTheNextOneComesLater() {
		assertThat(DrainEngine.untilNextLook(Duration.ofMillis(1))).isEqualTo(Duration.ofMillis(100));
		assertThat(DrainEngine.untilNextLook(Duration.ofMillis(50))).isEqualTo(Duration.ofMillis(450));
	}

	@Test
	void whenALookTakesVeryLongThenTheNextOneComesAfterASecond() {
		assertThat(DrainEngine.untilNextLook(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(1));
	}

}
