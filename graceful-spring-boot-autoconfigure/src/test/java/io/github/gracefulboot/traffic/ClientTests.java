package io.github.gracefulboot.traffic;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Client}.
 */
class ClientTests {

	@Test
	void whenAddressAndUserAgentAreHostileThenBothAreShortTextsOfOneLine() {
		Client client = new Client("\u009b2J\n" + "1".repeat(10_000), "\u202e" + "x".repeat(10_000));
		assertThat(client.address()).startsWith("?2J?111").endsWith("1...").hasSizeLessThan(210);
		assertThat(client.userAgent()).startsWith("?xxx").endsWith("x...").hasSizeLessThan(210);
		assertThat(client).hasToString(client.address() + " " + client.userAgent());
	}

	@Test
	void whenThereIsNoUserAgentThenTheAddressIsShown() {
		assertThat(new Client("192.0.2.7", null)).hasToString("192.0.2.7");
	}

}
