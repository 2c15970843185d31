package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.util.List;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.process.Program;
import io.github.gracefulboot.test.process.Command;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample's page and the report of its shutdown in a real browser.
 */
class SamplePageTests {

	/**
	 * The script places an order, makes the instance a lame duck and takes that back, and
	 * stops it with requests in flight.
	 */
	@Test
	void whenSomebodyClicksThroughThePageThenItShowsTheShutdownAndNothingIsLost() {
		try (AppProcess process = clickThrough("clean")) {
			assertThat(process.awaitExit(System.nanoTime()).code()).isZero();
			assertThat(process.log()).contains("Refusing traffic for maintenance", "The maintenance is over",
					"Shutdown completed");
		}
	}

	/**
	 * The same on a phone's dark screen, with requests that outlive the budget.
	 */
	@Test
	void whenRequestsOutliveTheBudgetThenPageAndReportSayWhatWasLost() {
		try (AppProcess process = clickThrough("forced", "--graceful.shutdown.timeout=6s")) {
			assertThat(process.awaitExit(System.nanoTime()).code()).isOne();
			assertThat(process.log()).contains("Shutdown forced");
		}
	}

	private static AppProcess clickThrough(String outcome, String... more) {
		String chromium = Program.CHROMIUM.path();
		String node = Program.NODE.path();
		Path script = Path.of(Program.PLAYWRIGHT.path()).resolve("../../../page.js").normalize();
		Path directory = TestDirectory.create("sample-page-" + outcome);
		Path reports = directory.resolve("reports");
		AppProcess process = App
			.of(SampleJar.SAMPLE, directory, "--management.endpoints.web.exposure.include=health,graceful",
					"--management.endpoint.graceful.access=unrestricted",
					"--graceful.shutdown.report.directory=" + reports)
			.withArgs(more)
			.startReady();
		Command browser = Command.run(List.of(node, script.toString(), chromium, "http://localhost:" + process.port(),
				reports.toString(), directory.toString(), outcome));
		System.out.printf("PAGE (%s) %s in %d ms%n", outcome, browser.output(), browser.took().toMillis());
		if (browser.exitCode() != 0) {
			process.close();
		}
		assertThat(browser.exitCode()).as(browser.output()).isZero();
		return process;
	}

}
