package io.github.gracefulboot.process;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StopClasses}.
 */
@Timeout(120)
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

	@Test
	void whenTheContextClosesBeforeThenNoThreadIsLeft() throws InterruptedException {
		StopClasses classes = new StopClasses(this.loader, Duration.ofHours(1), Duration.ZERO, true);
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		classes.readinessChanged(true);
		Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
		threads.removeAll(before);
		threads.removeIf((thread) -> !thread.getName().equals("graceful-classes"));
		assertThat(threads).hasSize(1);
		classes.destroy();
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(this.loaded).isEmpty();
	}

}
