package io.github.gracefulboot.systemtests;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Exit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A file that exists exactly while the sample is ready.
 */
class ReadinessFileTests {

	private static final Path DIRECTORY = TestDirectory.create("readiness-file");

	private static final Path FILE = DIRECTORY.resolve("ready");

	private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

	@BeforeEach
	void removeFile() throws Exception {
		Files.deleteIfExists(FILE);
	}

	@Test
	void whenStartingThenFileIsNotThereBeforeReady() {
		try (AppProcess process = app("--sample.startup-delay=2s", "--graceful.lame-duck.max=1s").start()) {
			process.awaitNotReady();
			Awaitility.await("file").atMost(START_TIMEOUT).until(() -> isThereAndThenReady(process));
			Exit exit = process.stop("TERM");
			System.out.printf("READINESS FILE, idle: exit code %d after %d ms%n", exit.code(), exit.took().toMillis());
			assertThat(FILE).doesNotExist();
			assertThat(exit.code()).isZero();
		}
	}

	/**
	 * Whether the file is there: if so, then the process has to be ready too.
	 */
	private boolean isThereAndThenReady(AppProcess process) {
		boolean there = Files.exists(FILE);
		assertThat(there && Readiness.of(process.port()) != Readiness.READY).as("file, but not ready").isFalse();
		return there;
	}

	@Test
	void whenFileIsLeftOfAKilledRunThenTheNextStartRemovesItBeforeItsPortIsOpen() {
		App app = app("--sample.startup-delay=60s");
		try (AppProcess process = app().startReady()) {
			Awaitility.await("file").until(() -> Files.exists(FILE));
			process.stop("KILL");
		}
		assertThat(FILE).exists();
		try (AppProcess process = app.start()) {
			process.awaitNotReady();
			assertThat(FILE).doesNotExist();
		}
	}

	@Test
	void whenRequestIsInFlightThenFileIsGoneBeforeItIsAnswered() {
		try (AppProcess process = app().startReady();
				LoadClient client = LoadClient.start(Load.of("GET", "/slow?ms=3000", false, 1).withMaxRequests(1),
						process.port())) {
			Awaitility.await("file").until(() -> Files.exists(FILE));
			process.awaitLog("Slow request of 3000 ms begins");
			long signalled = System.nanoTime();
			process.signal("TERM");
			Awaitility.await("no file").until(() -> !Files.exists(FILE));
			long gone = System.nanoTime() - signalled;
			assertThat(client.total()).as("answered requests").isZero();
			Exit exit = process.awaitExit(signalled);
			System.out.printf("READINESS FILE, 3 s request in flight: gone after %d ms, exit code %d after %d ms%n",
					Duration.ofNanos(gone).toMillis(), exit.code(), exit.took().toMillis());
			LoadReport report = client.await();
			assertThat(report.failed()).as(report::describeFailures).isZero();
			assertThat(exit.code()).isZero();
		}
	}

	private App app(String... args) {
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY, args);
		return app.withEnvironment("GRACEFUL_SUPERVISOR_FILE_PATH", FILE.toAbsolutePath().toString());
	}

}
