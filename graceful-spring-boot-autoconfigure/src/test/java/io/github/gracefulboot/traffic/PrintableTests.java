package io.github.gracefulboot.traffic;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Printable}.
 */
class PrintableTests {

	@Test
	void whenTextIsPlainThenItStays() {
		assertThat(Printable.text("POST")).isEqualTo("POST");
		assertThat(Printable.path("/orders/%0a/gr\u00fc\u00dfe/\ud83d\ude00"))
			.isEqualTo("/orders/%0a/gr\u00fc\u00dfe/\ud83d\ude00");
	}

	@Test
	void whenTextCannotBeSeenThenItIsReplaced() {
		assertThat(Printable.text("a\r\nb\u001b[2J\u0000\u2028\u202e\ufeff\ud83d")).isEqualTo("a??b?[2J?????");
	}

	@Test
	void whenTextIsLongThenItIsCut() {
		assertThat(Printable.text("/".repeat(100_000))).hasSize(203).endsWith("/...");
		assertThat(Printable.text("a".repeat(199) + "\ud83d\ude00")).isEqualTo("a".repeat(199) + "?...");
	}

	@Test
	void whenPathHasParametersThenTheyAreLeftOut() {
		assertThat(Printable.path("/orders;jsessionid=4711;a=b/7;v=1")).isEqualTo("/orders/7");
	}

}
