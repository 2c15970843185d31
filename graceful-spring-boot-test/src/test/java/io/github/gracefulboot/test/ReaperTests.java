package io.github.gracefulboot.test;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what is left when the JVM of the tests is gone.
 */
class ReaperTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "KILL", "TERM", "INT" })
	void whenTheJvmEndsThenSoDoItsInstances(String signal) throws IOException, InterruptedException {
		Process jvm = new ProcessBuilder(FakeApp.command(AbandonedFleet.class)).directory(this.directory.toFile())
			.redirectErrorStream(true)
			.start();
		try (BufferedReader out = jvm.inputReader()) {
			List<Long> pids = List.of(out.readLine().split(" ")).stream().map(Long::valueOf).toList();
			assertThat(pids).hasSize(2).allMatch(ReaperTests::isAlive);
			new ProcessBuilder("kill", "-" + signal, String.valueOf(jvm.pid())).start().waitFor();
			jvm.waitFor();
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(pids).noneMatch(ReaperTests::isAlive));
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	private static boolean isAlive(long pid) {
		return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
	}

}
