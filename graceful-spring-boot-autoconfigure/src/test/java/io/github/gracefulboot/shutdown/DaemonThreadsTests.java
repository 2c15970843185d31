package io.github.gracefulboot.shutdown;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DaemonThreads}.
 */
@ExtendWith(OutputCaptureExtension.class)
class DaemonThreadsTests {

	@Test
	void whenThereAreThreadsThenTheTaskHasItsOwn() throws Exception {
		List<Thread> ran = new CopyOnWriteArrayList<>();
		Thread thread = DaemonThreads.startOrRun("graceful-own", () -> ran.add(Thread.currentThread()));
		thread.join();
		assertThat(ran).containsExactly(thread);
	}

	@Test
	void whenNoThreadIsLeftThenTheCallerDoesTheTaskAndSaysSo(CapturedOutput output) {
		List<Thread> ran = new ArrayList<>();
		Thread none = new Thread("graceful-none") {

			@Override
			public void start() {
				throw new OutOfMemoryError("unable to create native thread");
			}

		};
		DaemonThreads.startOrRun(none, () -> ran.add(Thread.currentThread()));
		assertThat(ran).containsExactly(Thread.currentThread());
		assertThat(output).contains("No thread left for graceful-none").contains("unable to create native thread");
	}

}
