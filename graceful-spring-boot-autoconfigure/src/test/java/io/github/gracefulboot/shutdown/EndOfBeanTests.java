package io.github.gracefulboot.shutdown;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.DisposableBean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EndOfBean}.
 */
class EndOfBeanTests {

	@ParameterizedTest
	@ValueSource(classes = { Disposable.class, Disposable.Nested.class, WithClose.class, WithShutdown.class,
			Inheriting.class })
	void whenAClassHasAMethodForItsEndThenItIsKnown(Class<?> type) {
		assertThat(EndOfBean.isKnownTo(type.getName())).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "java.lang.Object", "com.example.Missing",
			"io.github.gracefulboot.shutdown.EndOfBeanTests$WithParameter" })
	void whenItHasNoneThenItIsNot(String name) {
		assertThat(EndOfBean.isKnownTo(name)).isFalse();
	}

	static class Disposable implements DisposableBean {

		@Override
		public void destroy() {
		}

		static class Nested {

		}

	}

	public static class WithClose {

		public void close() {
		}

	}

	public static class WithShutdown {

		public void shutdown() {
		}

	}

	static class Inheriting extends WithClose {

	}

	public static class WithParameter {

		public void close(boolean now) {
		}

	}

}
