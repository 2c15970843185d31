package io.github.gracefulboot.systemtests;

import java.nio.file.Path;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.process.Exit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A wrong configuration fails the start and says what to do.
 */
class ConfigurationTests {

	private static final Path DIRECTORY = TestDirectory.create("configuration");

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			--graceful.shutdown.timeout=-1s                                  | graceful.shutdown.timeout
			--graceful.shutdown.timeout=soon                                 | graceful.shutdown.timeout
			--graceful.lame-duck.max=40s --graceful.shutdown.timeout=30s     | graceful.lame-duck.max
			""")
	void whenConfigurationIsWrongThenStartFailsWithAdvice(String args, String property) {
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY, args.split(" "));
		try (AppProcess process = app.start()) {
			Exit exit = process.awaitExit(System.nanoTime());
			System.out.printf("CONFIGURATION %s: exit code %d%n", args, exit.code());
			assertThat(exit.code()).isEqualTo(1);
			assertThat(process.log()).contains("APPLICATION FAILED TO START", "Action:", property);
		}
	}

}
