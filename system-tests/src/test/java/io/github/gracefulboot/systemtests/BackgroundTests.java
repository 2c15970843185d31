package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpMessage;
import io.github.gracefulboot.test.process.Exit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Work of the packaged sample that no bean knows of.
 */
class BackgroundTests {

	private static final Path DIRECTORY = TestDirectory.create("background");

	@Test
	void whenRequestWasAnsweredAndItsWorkGoesOnThenItIsFinished() throws Exception {
		try (AppProcess process = app().startReady()) {
			post(process, "/run-async?ms=1500");
			process.awaitLog("Unknown work begins");
			Exit exit = stop(process, "run-async");
			assertThat(process.log().lines().filter((line) -> line.contains("Unknown work of 1500 ms is done")))
				.hasSize(2);
			assertThat(exit.code()).isZero();
		}
	}

	@Test
	void whenThreadOfTheApplicationDiesAtWorkThenItIsNamed() throws Exception {
		assertNamed("/thread?ms=60000", "thread unknown", "work");
	}

	@Test
	void whenThePoolIsClosedBeneathAThreadThenItIsNamed() throws Exception {
		assertNamed("/rows", "thread unknown", "lambda$rows");
	}

	@Test
	void whenVirtualThreadDiesAtWorkThenItIsNamed() throws Exception {
		boolean possible = Runtime.version().feature() >= 21;
		assertNamed("/virtual-thread?ms=60000", (possible ? "virtual thread" : "thread") + " unknown-1", "work");
	}

	private static void assertNamed(String path, String thread, String method) throws Exception {
		try (AppProcess process = app("--graceful.shutdown.timeout=5s").startReady()) {
			post(process, path);
			process.awaitLog("Unknown work begins");
			Exit exit = stop(process, thread + " of " + path);
			assertThat(exit.code()).isOne();
			assertThat(process.log()).containsPattern("Abandoned: " + thread + " \\(.*BackgroundController")
				.contains("io.github.gracefulboot.sample.BackgroundController." + method)
				.containsPattern("Shutdown forced after .*, abandoned: " + thread + " \\(");
		}
	}

	@Test
	void whenVirtualThreadHasEndedThenTheShutdownIsClean() throws Exception {
		try (AppProcess process = app().startReady()) {
			post(process, "/virtual-thread?ms=1");
			process.awaitLog("Unknown work of 1 ms is done");
			Exit exit = stop(process, "virtual thread that has ended");
			assertThat(exit.code()).isZero();
			assertThat(process.log()).contains("Shutdown completed").doesNotContain("Abandoned", "Cannot look");
		}
	}

	@Test
	void whenThreadOfTheApplicationLoopsThenItIsNotNamed() throws Exception {
		try (AppProcess process = app().startReady()) {
			post(process, "/loop?ms=100");
			Exit exit = stop(process, "loop");
			assertThat(exit.code()).isZero();
			assertThat(process.log()).contains("Shutdown completed").doesNotContain("Abandoned");
		}
	}

	private static App app(String... args) {
		String[] all = new String[args.length + 1];
		System.arraycopy(args, 0, all, 1, args.length);
		all[0] = "--sample.faults=true";
		return App.of(SampleJar.GRACEFUL, DIRECTORY, all);
	}

	private static void post(AppProcess process, String path) throws Exception {
		try (HttpConnection connection = HttpConnection.open(process.port(), Duration.ofSeconds(30))) {
			assertThat(connection.exchange(HttpMessage.post(path, Map.of(), new byte[0])).status()).isEqualTo(202);
		}
	}

	private static Exit stop(AppProcess process, String work) {
		Exit exit = process.stop("TERM");
		System.out.printf("BACKGROUND %s: exit code %d after %d ms%n", work, exit.code(), exit.took().toMillis());
		return exit;
	}

}
