package io.github.gracefulboot.systemtests;

import java.nio.file.Path;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Exit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packaged sample told to serve requests on virtual threads, which a JVM before 21
 * ignores.
 */
@Tag("full")
class VirtualThreadTests {

	private static final boolean VIRTUAL = Runtime.version().feature() >= 21;

	private static final Path DIRECTORY = TestDirectory.create("virtual-threads");

	@ParameterizedTest
	@EnumSource(names = { "GRACEFUL", "JETTY" })
	void whenRequestsAreInFlightThenTheyAreAnswered(SampleJar jar) {
		try (AppProcess process = app(jar).startReady(); LoadClient client = start(process, 2000)) {
			Exit exit = process.stop("TERM");
			LoadReport report = client.await();
			print("16 requests of 2 s", jar, exit);
			assertThat(report.failed()).as(report::describeFailures).isZero();
			assertThat(exit.code()).isZero();
		}
	}

	@ParameterizedTest
	@CsvSource({ "GRACEFUL, tomcat-handler-, http-nio-", "JETTY, jetty-, qtp" })
	void whenRequestsOutlastTheBudgetThenTheyAreNamedWithTheirStacks(SampleJar jar, String virtualName, String name) {
		try (AppProcess process = app(jar, "--graceful.shutdown.timeout=3s").startReady();
				LoadClient client = start(process, 60_000)) {
			Exit exit = process.stop("TERM");
			print("16 requests of 60 s in a budget of 3 s", jar, exit);
			assertThat(exit.code()).isEqualTo(1);
			assertThat(client.stop().failed()).isEqualTo(16);
			assertThat(process.log().lines().filter((line) -> line.contains("Cut off: POST /slow"))).hasSize(16)
				.allMatch((line) -> line.contains("on thread " + (VIRTUAL ? virtualName : name)));
			assertThat(process.log().lines().filter((line) -> line.contains("WorkController.work("))).hasSize(16);
			assertThat(process.log()).containsPattern("Shutdown forced after .*, cut off: POST /slow");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenAsynchronousWorkIsRunningThenItIsFinished(boolean virtualIfPossible) {
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY)
			.withEnvironment("SPRING_THREADS_VIRTUAL_ENABLED", String.valueOf(virtualIfPossible));
		Load request = Load.of("POST", "/background?ms=1500", true, 1).withMaxRequests(1);
		try (AppProcess process = app.startReady(); LoadClient client = LoadClient.start(request, process.port())) {
			process.awaitLog("Background work of 1500 ms begins");
			Exit exit = process.stop("TERM");
			System.out.printf("THREADS %s, 1.5 s of asynchronous work: exit code %d after %d ms%n",
					(VIRTUAL && virtualIfPossible) ? "virtual" : "platform", exit.code(), exit.took().toMillis());
			assertThat(process.log()).contains("Background work of 1500 ms is done");
			assertThat(exit.code()).isZero();
			client.stop();
		}
	}

	private App app(SampleJar jar, String... args) {
		App app = App.of(jar, DIRECTORY, args);
		return app.withEnvironment("SPRING_THREADS_VIRTUAL_ENABLED", "true");
	}

	private LoadClient start(AppProcess process, int millis) {
		LoadClient client = LoadClient.start(Load.of("POST", "/slow?ms=" + millis, true, 16).withMaxRequests(16),
				process.port());
		process.awaitLog("Slow request of %d ms begins".formatted(millis), 16);
		return client;
	}

	private void print(String what, SampleJar jar, Exit exit) {
		System.out.printf("THREADS %s, %s, %s: exit code %d after %d ms%n", VIRTUAL ? "virtual" : "platform", jar, what,
				exit.code(), exit.took().toMillis());
	}

}
