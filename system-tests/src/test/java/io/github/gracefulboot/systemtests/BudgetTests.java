package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.process.Command;
import io.github.gracefulboot.test.process.Exit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A stop that cannot end cleanly ends in time, by itself, and says what it cut off.
 */
@Tag("alone")
class BudgetTests {

	/**
	 * Far below what hangs, however busy the machine is. That supervisors which kill do
	 * not get to it is seen in their own tests.
	 */
	private static final Duration IN_TIME = Duration.ofSeconds(15);

	@Test
	void whenRequestOutlivesBudgetThenExitIsForcedInTimeAndRequestIsNamed() {
		Path directory = TestDirectory.create("budget");
		Path reports = directory.resolve("reports");
		App app = App.of(SampleJar.GRACEFUL, directory, "--graceful.shutdown.timeout=3s",
				"--graceful.shutdown.report.directory=" + reports);
		Load longRequest = Load.of("POST", "/slow?ms=60000", true, 1).withMaxRequests(1);
		try (AppProcess process = app.startReady(); LoadClient client = LoadClient.start(longRequest, process.port())) {
			process.awaitLog("Slow request of 60000 ms begins");
			Exit exit = process.stop("TERM");
			System.out.printf("BUDGET of 3 s with a request of 60 s: exit code %d after %d ms%n", exit.code(),
					exit.took().toMillis());
			assertThat(exit.code()).isEqualTo(1);
			assertThat(exit.took()).isLessThan(IN_TIME);
			assertThat(process.log()).containsPattern("Shutdown forced after .*, cut off: POST /slow")
				.containsPattern("\tat .*io\\.github\\.gracefulboot\\.sample\\.WorkController\\.");
			assertThat(client.stop().failed()).isEqualTo(1);
		}
		assertThat(verdict(reports)).startsWith("1 instance stopped within ")
			.contains("0 clean, 1 forced, 0 unfinished", "1 task cut off", "cut-off: POST /slow for ");
	}

	@Test
	void whenReactiveRequestOutlivesBudgetThenExitIsForcedInTimeAndRequestIsNamed() {
		App app = App.of(SampleJar.NETTY, TestDirectory.create("budget-reactive"), "--graceful.shutdown.timeout=3s");
		Load longRequest = Load.of("POST", "/slow?ms=60000", true, 1).withMaxRequests(1);
		try (AppProcess process = app.startReady(); LoadClient client = LoadClient.start(longRequest, process.port())) {
			process.awaitLog("Slow request of 60000 ms begins");
			Exit exit = process.stop("TERM");
			System.out.printf("BUDGET of 3 s with a reactive request of 60 s: exit code %d after %d ms%n", exit.code(),
					exit.took().toMillis());
			assertThat(exit.code()).isEqualTo(1);
			assertThat(exit.took()).isLessThan(IN_TIME);
			assertThat(process.log()).contains("Cut off: POST /slow");
			assertThat(client.stop().failed()).isEqualTo(1);
		}
	}

	/**
	 * Six that hang, each of which has a timeout of its own in Spring or waits for ever:
	 * a request, a task of an executor, one of a scheduler, a lifecycle bean, a
	 * connection that nobody gives back, and a bean that is never destroyed.
	 */
	@Test
	void whenSixOfDifferentKindsHangThenTheirTimeoutsDoNotAddUpAndTheyAreNamed() {
		App app = App.of(SampleJar.GRACEFUL, TestDirectory.create("budget-stacked"), "--graceful.shutdown.timeout=4s",
				"--sample.hang=true", "--sample.stop-delay=60s", "--spring.lifecycle.timeout-per-shutdown-phase=30s",
				"--spring.task.execution.shutdown.await-termination=true",
				"--spring.task.execution.shutdown.await-termination-period=30s",
				"--spring.task.scheduling.shutdown.await-termination=true",
				"--spring.task.scheduling.shutdown.await-termination-period=30s");
		Load hang = Load.of("POST", "/hang", true, 1).withMaxRequests(1);
		Load longRequest = Load.of("POST", "/slow?ms=60000", true, 1).withMaxRequests(1);
		try (AppProcess process = app.startReady();
				LoadClient hanging = LoadClient.start(hang, process.port());
				LoadClient client = LoadClient.start(longRequest, process.port())) {
			process.awaitLog("Hanging in the executor");
			process.awaitLog("Hanging in the scheduler");
			process.awaitLog("Slow request of 60000 ms begins");
			Exit exit = process.stop("TERM");
			System.out.printf("BUDGET of 4 s with six that hang: exit code %d after %d ms%n", exit.code(),
					exit.took().toMillis());
			assertThat(exit.code()).isEqualTo(1);
			assertThat(exit.took()).isLessThan(IN_TIME);
			assertThat(process.log()).contains("Hanging in the lifecycle")
				.containsPattern("Cut off: POST /slow .*\\R(\tat .*\\R)*\tat .*WorkController\\.work")
				.containsPattern("Cut off: task of applicationTaskExecutor .*\\R(\tat .*\\R)*\tat .*hangInExecutor")
				.containsPattern("Cut off: task of taskScheduler .*\\R(\tat .*\\R)*\tat .*hangInScheduler")
				.contains("Cut off: 1 borrowed from dataSource")
				.containsPattern("(?i)shutdown phase .* still running .*hangController")
				.containsPattern("Cut off: the exit stage\\R(\tat .*\\R)*\tat .*StopDelay\\.destroy")
				.contains("Shutdown forced");
			hanging.stop();
			assertThat(client.stop().failed()).isEqualTo(1);
		}
	}

	/**
	 * Returns what the verdict says of a forced shutdown, from the application's own jar.
	 */
	private static String verdict(Path reports) {
		Command verdict = Command.run(List.of(App.java(), "-cp", SampleJar.GRACEFUL.path().toString(),
				"-Dloader.main=io.github.gracefulboot.report.Verdict",
				"org.springframework.boot.loader.launch.PropertiesLauncher", reports.toString()));
		assertThat(verdict.exitCode()).as(verdict.output()).isEqualTo(1);
		return verdict.output();
	}

}
