package io.github.gracefulboot.process;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StopClasses}.
 */
class StopClassesTests {

	private final Set<String> loaded = ConcurrentHashMap.newKeySet();

	private final ClassLoader loader = new ClassLoader(getClass().getClassLoader()) {

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			StopClassesTests.this.loaded.add(name);
			return super.loadClass(name, resolve);
		}

	};

	@Test
	void whenTheServiceIsReadyThenTheClassesOfAStopAreLoaded() {
		new StopClasses(this.loader, Duration.ZERO, Duration.ZERO, true).readinessChanged(true);
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(this.loaded).contains("io.github.gracefulboot.shutdown.CutOffs",
					"io.github.gracefulboot.process.DeadlineGuard", "io.github.gracefulboot.web.tomcat.Http2Connection",
					"org.springframework.boot.web.server.GracefulShutdownResult"));
	}

}
