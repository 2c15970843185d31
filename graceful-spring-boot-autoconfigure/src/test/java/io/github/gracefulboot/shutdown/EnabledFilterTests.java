package io.github.gracefulboot.shutdown;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EnabledFilter}.
 */
class EnabledFilterTests {

	private static final String[] CLASSES = { "io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration",
			"org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration", null };

	@Test
	void whenNothingIsSetThenNoneIsLeftOut() {
		assertThat(match(new MockEnvironment())).containsExactly(true, true, true);
	}

	@Test
	void whenDisabledThenOursAreLeftOut() {
		assertThat(match(new MockEnvironment().withProperty("graceful.enabled", "false"))).containsExactly(false, true,
				true);
	}

	@Test
	void springBootAsksItBeforeItSearchesForClasses() {
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(AutoConfigurationImportFilter.class)).first()
			.isInstanceOf(EnabledFilter.class);
	}

	private static boolean[] match(MockEnvironment environment) {
		EnabledFilter filter = new EnabledFilter();
		filter.setEnvironment(environment);
		return filter.match(CLASSES, mock(AutoConfigurationMetadata.class));
	}

}
