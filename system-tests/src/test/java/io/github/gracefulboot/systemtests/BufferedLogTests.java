package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.process.Exit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A log that is written by a thread of its own holds all that the console holds, however
 * the process ends.
 */
class BufferedLogTests {

	/**
	 * Writes the same to the console, and to a file through two buffers.
	 */
	private static final String LOGGING = """
			<configuration>
				<appender name="CONSOLE" class="ch.qos.logback.core.ConsoleAppender">
					<encoder><pattern>LOG %%level %%thread %%m%%n</pattern></encoder>
				</appender>
				<appender name="FILE" class="ch.qos.logback.core.FileAppender">
					<file>%s</file>
					<immediateFlush>false</immediateFlush>
					<encoder><pattern>LOG %%level %%thread %%m%%n</pattern></encoder>
				</appender>
				<appender name="BUFFER" class="ch.qos.logback.classic.AsyncAppender">
					<appender-ref ref="FILE"/>
				</appender>
				<root level="INFO">
					<appender-ref ref="CONSOLE"/>
					<appender-ref ref="BUFFER"/>
				</root>
			</configuration>
			""";

	/**
	 * Far below what hangs, however busy the machine is.
	 */
	private static final Duration IN_TIME = Duration.ofSeconds(15);

	private final Path directory = TestDirectory.create("buffered-log");

	private final Path file = this.directory.resolve("buffered.log");

	private App app(String... arguments) throws IOException {
		Path logging = Files.writeString(this.directory.resolve("logback.xml"), LOGGING.formatted(this.file));
		return App.of(SampleJar.GRACEFUL, this.directory, arguments).withArgs("--logging.config=" + logging);
	}

	private static List<String> logged(String text) {
		return text.lines().filter((line) -> line.startsWith("LOG ")).toList();
	}

	private void assertThatFileHoldsWhatConsoleHolds(AppProcess process) throws IOException {
		assertThat(logged(Files.readString(this.file))).containsExactlyInAnyOrderElementsOf(logged(process.log()));
	}

	@Test
	void whenShutdownIsCleanThenBuffersAreWritten() throws IOException {
		Load request = Load.of("POST", "/slow?ms=1000", true, 1).withMaxRequests(1);
		try (AppProcess process = app().startReady(); LoadClient client = LoadClient.start(request, process.port())) {
			process.awaitLog("Slow request of 1000 ms begins");
			Exit exit = process.stop("TERM");
			assertThat(client.stop().failed()).isZero();
			assertThat(exit.code()).isZero();
			assertThat(this.file).content().contains("Shutdown completed in");
			assertThatFileHoldsWhatConsoleHolds(process);
		}
	}

	@Test
	void whenBeanNeverLetsGoThenBuffersAreWrittenBeforeTheForcedExit() throws IOException {
		try (AppProcess process = app("--graceful.shutdown.timeout=3s", "--sample.stop-delay=60s").startReady()) {
			Exit exit = process.stop("TERM");
			System.out.printf("BUDGET of 3 s with a bean that hangs for 60 s: exit code %d after %d ms%n", exit.code(),
					exit.took().toMillis());
			assertThat(exit.code()).isEqualTo(1);
			assertThat(exit.took()).isLessThan(IN_TIME);
			assertThat(this.file).content()
				.contains("Shutdown forced")
				.containsPattern("Cut off: the exit stage\\R(\tat .*\\R)*\tat .*StopDelay\\.destroy");
			assertThatFileHoldsWhatConsoleHolds(process);
		}
	}

}
