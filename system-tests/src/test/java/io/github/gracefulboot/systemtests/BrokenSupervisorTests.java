package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.util.List;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.process.Exit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A supervisor that cannot be told anything is warned of once and holds up nothing.
 */
class BrokenSupervisorTests {

	private static final Path DIRECTORY = TestDirectory.create("broken-supervisor");

	@ParameterizedTest
	@CsvSource({ "graceful.supervisor.s6.notification-fd, three, s6", "graceful.supervisor.s6.notification-fd, 999, s6",
			"graceful.supervisor.s6.notification-fd, 1, s6", "graceful.supervisor.file.path, /proc/ready, file" })
	void whenSupervisorCanNotBeToldThenWarnsOnceAndRuns(String property, String value, String supervisor) {
		String argument = "--%s=%s".formatted(property, value);
		try (AppProcess process = App.of(SampleJar.GRACEFUL, DIRECTORY, argument).startReady()) {
			Exit exit = process.stop("TERM");
			List<String> warnings = process.log().lines().filter((line) -> line.contains(" WARN ")).toList();
			System.out.printf("BROKEN SUPERVISOR %s: exit code %d after %d ms, %s%n", argument, exit.code(),
					exit.took().toMillis(), warnings);
			assertThat(exit.code()).isZero();
			assertThat(warnings).singleElement().asString().contains(": " + supervisor + " ");
			assertThat(process.log()).doesNotContain(" ERROR ");
		}
	}

}
