package io.github.gracefulboot.supervisor.pm2;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Pm2KillTimeout}.
 */
@ExtendWith(OutputCaptureExtension.class)
class Pm2KillTimeoutTests {

	@Test
	void whenNotConfiguredThenPm2sOwnDefaultCounts(CapturedOutput output) {
		assertThat(new Pm2KillTimeout(null).untilKill()).contains(Duration.ofMillis(1600));
		assertThat(output).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "10000, 10000", "' 500 ', 500", "1, 1" })
	void whenConfiguredThenThatCounts(String configured, long millis) {
		assertThat(new Pm2KillTimeout(configured).untilKill()).contains(Duration.ofMillis(millis));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "soon", "10s", "0", "-1", "99999999999999999999" })
	void whenItIsNoTimeThenWarnsAndTakesTheDefault(String configured, CapturedOutput output) {
		assertThat(new Pm2KillTimeout(configured).untilKill()).contains(Duration.ofMillis(1600));
		assertThat(output.getOut().lines()).singleElement()
			.asString()
			.contains("WARN")
			.contains("kill_timeout=" + configured + " is not a number of milliseconds");
	}

}
