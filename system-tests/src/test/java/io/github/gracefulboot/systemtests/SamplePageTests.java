package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.util.List;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.process.Command;
import io.github.gracefulboot.systemtests.process.Program;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample's page and the report of its shutdown in a real browser.
 */
class SamplePageTests {

	private static final Path DIRECTORY = TestDirectory.create("sample-page");

	/**
	 * The script places an order, makes the instance a lame duck and takes that back, and
	 * stops it with requests in flight.
	 */
	@Test
	void whenSomebodyClicksThroughThePageThenItShowsTheShutdownAndNothingIsLost() {
		String chromium = Program.CHROMIUM.path();
		String node = Program.NODE.path();
		Path script = Path.of(Program.PLAYWRIGHT.path()).resolve("../../../page.js").normalize();
		Path reports = DIRECTORY.resolve("reports");
		App app = App.of(SampleJar.SAMPLE, DIRECTORY, "--management.endpoints.web.exposure.include=health,graceful",
				"--management.endpoint.graceful.access=unrestricted",
				"--graceful.shutdown.report.directory=" + reports);
		try (AppProcess process = app.startReady()) {
			Command browser = Command.run(List.of(node, script.toString(), chromium,
					"http://localhost:" + process.port(), reports.toString(), DIRECTORY.toString()));
			System.out.printf("PAGE %s in %d ms%n", browser.output(), browser.took().toMillis());
			assertThat(browser.exitCode()).as(browser.output()).isZero();
			assertThat(process.awaitExit(System.nanoTime()).code()).isZero();
			assertThat(process.log()).contains("Refusing traffic for maintenance", "The maintenance is over",
					"Shutdown completed");
		}
	}

}
