package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.http.HttpMessage;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Exit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real signals to the packaged sample.
 */
class SignalTests {

	private static final int TERMINATED_WHILE_STARTING = 143;

	private static final int KILLED_BY_SIGTERM = 143;

	/**
	 * Far below every timeout that it could wait for, however busy the machine is.
	 */
	private static final Duration AT_ONCE = Duration.ofSeconds(5);

	private static final Load REQUEST_OF_2_SECONDS = Load.of("POST", "/slow?ms=2000", true, 1).withMaxRequests(1);

	private static final Load REQUEST_OF_10_SECONDS = Load.of("POST", "/slow?ms=10000", true, 1).withMaxRequests(1);

	private static final String NO_HOOK_OF_H2 = "--spring.datasource.url=jdbc:h2:mem:sample;DB_CLOSE_ON_EXIT=FALSE";

	private static final Path DIRECTORY = TestDirectory.create("signals");

	@ParameterizedTest
	@CsvSource({ "SAMPLE, TERM", "SAMPLE, INT", "JETTY, TERM", "NETTY, TERM" })
	void whenIdleThenExitsCleanlyAtOnce(SampleJar jar, String signal) {
		try (AppProcess process = App.of(jar, DIRECTORY).startReady()) {
			Exit exit = stop(process, signal, "idle, %s".formatted(jar));
			assertThat(exit.code()).isZero();
			assertThat(exit.took()).isLessThan(AT_ONCE);
		}
	}

	@ParameterizedTest
	@CsvSource({ "SAMPLE, TERM", "SAMPLE, INT", "JETTY, TERM", "NETTY, TERM" })
	void whenRequestIsInFlightThenItIsAnsweredInFull(SampleJar jar, String signal) {
		try (AppProcess process = App.of(jar, DIRECTORY).startReady(); LoadClient client = startRequest(process)) {
			Exit exit = stop(process, signal, "2 s request in flight, %s".formatted(jar));
			assertAnswered(client);
			assertThat(exit.code()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "INT", "HUP" })
	void whenSignalIsRepeatedThenTheFirstStopGoesOn(String signal) {
		try (AppProcess process = App.of(SampleJar.GRACEFUL, DIRECTORY).startReady();
				LoadClient client = startRequest(process)) {
			long signalled = System.nanoTime();
			process.signal("TERM");
			process.awaitLeaving();
			process.signal(signal);
			process.signal("TERM");
			Exit exit = process.awaitExit(signalled);
			print("TERM, %s, TERM".formatted(signal), "2 s request in flight", exit);
			assertAnswered(client);
			assertThat(exit.code()).isZero();
		}
	}

	@Test
	void whenSomebodyClosesTheContextAlreadyThenTheSignalWaitsForThat() throws Exception {
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY, "--management.endpoints.web.exposure.include=health,shutdown",
				"--management.endpoint.shutdown.access=unrestricted");
		try (AppProcess process = app.startReady(); LoadClient client = startRequest(process)) {
			HttpMessage shutdown = HttpMessage.post("/actuator/shutdown", Map.of(), new byte[0]);
			try (HttpConnection connection = HttpConnection.open(process.port(), Duration.ofSeconds(5))) {
				assertThat(connection.exchange(shutdown).status()).isEqualTo(200);
			}
			process.awaitLog("Shutting down within");
			Exit exit = stop(process, "TERM", "context is closing");
			assertAnswered(client);
			assertThat(exit.code()).isZero();
		}
	}

	@Test
	void whenTheEndpointShutsDownAndARequestOutlivesTheBudgetThenTheExitCodeTellsAsAfterASignal() throws Exception {
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY, "--management.endpoints.web.exposure.include=health,shutdown",
				"--management.endpoint.shutdown.access=unrestricted", "--graceful.shutdown.timeout=3s");
		Load request = Load.of("POST", "/slow?ms=60000", true, 1).withMaxRequests(1);
		try (AppProcess process = app.startReady(); LoadClient client = LoadClient.start(request, process.port())) {
			process.awaitLog("Slow request of 60000 ms begins");
			Exit exit = post(process, "/actuator/shutdown");
			print("none", "shutdown endpoint, request of 60 s", exit);
			assertThat(exit.code()).isOne();
			assertThat(process.log()).containsPattern("Shutdown forced after .*\\(shutdown endpoint; .*POST /slow");
		}
	}

	/**
	 * Who ends the process, or closes the context, waits for that: it must not be waited
	 * for.
	 */
	@ParameterizedTest
	@CsvSource({ "GRACEFUL, /exit?code=3, 3", "JETTY, /exit?code=3, 3", "GRACEFUL, /exit-from-task?code=4, 4",
			"GRACEFUL, /close, 0" })
	void whenTheWorkItselfEndsTheProcessThenItIsNotWaitedForAndItsCodeStands(SampleJar jar, String path, int code)
			throws Exception {
		try (AppProcess process = App.of(jar, DIRECTORY, "--sample.faults=true").startReady()) {
			Exit exit = post(process, path);
			print("none", "POST %s, %s".formatted(path, jar), exit);
			assertThat(exit.code()).isEqualTo(code);
			// Tomcat and Jetty wait some seconds for the thread of the request
			assertThat(exit.took()).isLessThan(Duration.ofSeconds(20));
			assertThat(process.log()).contains("Shutdown completed").doesNotContain("Cut off");
		}
	}

	/**
	 * Such a loop ends at once without the starter, which runs the hooks last unless
	 * nothing moves.
	 */
	@Test
	void whenOnlyAShutdownHookOfTheJvmEndsTheWorkThenItIsRunInTime() throws Exception {
		try (AppProcess process = App
			.of(SampleJar.GRACEFUL, DIRECTORY, "--sample.faults=true", "--graceful.shutdown.timeout=60s", NO_HOOK_OF_H2)
			.startReady()) {
			assertThat(status(process, "/loop-until-hook")).isEqualTo(202);
			Exit exit = stop(process, "TERM", "a task that a JVM hook ends");
			assertThat(exit.code()).isZero();
			assertThat(exit.took()).isLessThan(Duration.ofSeconds(30));
			assertThat(process.log()).contains("Shutdown completed").doesNotContain("Cut off");
		}
	}

	@Test
	void whenARequestIsCutOffThoughTheHooksOfTheJvmRanThenTheExitCodeTells() throws Exception {
		Load request = Load.of("POST", "/slow?ms=60000", true, 1).withMaxRequests(1);
		try (AppProcess process = App
			.of(SampleJar.GRACEFUL, DIRECTORY, "--sample.faults=true", "--graceful.shutdown.timeout=10s", NO_HOOK_OF_H2)
			.startReady(); LoadClient client = LoadClient.start(request, process.port())) {
			process.awaitLog("Slow request of 60000 ms begins");
			assertThat(status(process, "/loop-until-hook")).isEqualTo(202);
			Exit exit = stop(process, "TERM", "request of 60 s and a task that a JVM hook ends");
			assertThat(exit.code()).isOne();
			assertThat(process.log()).containsPattern("Shutdown forced after .*POST /slow");
		}
	}

	/**
	 * Two applications in one JVM, each with a request in flight, end together. The one
	 * that is done first leaves the request of the other to that.
	 */
	@Test
	void whenThereAreTwoApplicationsThenTheyEndTogether() {
		Load longer = Load.of("POST", "/slow?ms=5000", true, 1).withMaxRequests(1);
		try (AppProcess process = App.of(SampleJar.GRACEFUL, DIRECTORY, "--sample.second=beside").startReady();
				LoadClient first = startRequest(process);
				LoadClient other = LoadClient.start(longer, secondPort(process))) {
			awaitSlowRequests(process, 2);
			Exit exit = stop(process, "TERM", "requests of 2 s and of 5 s in two applications");
			assertAnswered(first);
			assertAnswered(other);
			assertThat(exit.code()).isZero();
			assertThat(process.log().lines().filter((line) -> line.contains("Shutdown completed in"))).hasSize(2);
		}
	}

	@Test
	void whenOneOfTwoApplicationsIsCutOffThenTheExitCodeTells() {
		Load request = Load.of("POST", "/slow?ms=60000", true, 1).withMaxRequests(1);
		try (AppProcess process = App
			.of(SampleJar.GRACEFUL, DIRECTORY, "--sample.second=beside", "--graceful.shutdown.timeout=6s")
			.startReady(); LoadClient client = LoadClient.start(request, secondPort(process))) {
			process.awaitLog("Slow request of 60000 ms begins");
			Exit exit = stop(process, "TERM", "request of 60 s in the second application");
			assertThat(exit.code()).isOne();
			assertThat(process.log()).containsPattern("Shutdown forced after .*POST /slow")
				.doesNotContain("graceful.shutdown.timeout reached");
		}
	}

	@ParameterizedTest
	@CsvSource({ "10000, 60s, 0", "120000, 8s, 1" })
	void whenAContextHasOneBelowItThenThatEndsFirst(int millis, String timeout, int code) {
		try (AppProcess process = App
			.of(SampleJar.GRACEFUL, DIRECTORY, "--sample.second=below", "--sample.second-millis=" + millis,
					"--graceful.shutdown.timeout=" + timeout)
			.startReady()) {
			Exit exit = stop(process, "TERM", "task of %d ms in a child context".formatted(millis));
			assertThat(exit.code()).isEqualTo(code);
			String below = (code == 0) ? "Task below ends" : "Cut off: task of below";
			assertThat(process.log()).containsPattern("(?s)" + below + ".*Shutting down within .*announce");
		}
	}

	private static int secondPort(AppProcess process) {
		process.awaitLog("Second application on port");
		Matcher port = Pattern.compile("Second application on port (\\d+)").matcher(process.log());
		assertThat(port.find()).isTrue();
		return Integer.parseInt(port.group(1));
	}

	private static void awaitSlowRequests(AppProcess process, int count) {
		Awaitility.await()
			.until(() -> process.log().lines().filter((line) -> line.contains("Slow request of")).count() >= count);
	}

	private static int status(AppProcess process, String path) throws Exception {
		try (HttpConnection connection = HttpConnection.open(process.port(), Duration.ofSeconds(30))) {
			return connection.exchange(HttpMessage.post(path, Map.of(), new byte[0])).status();
		}
	}

	private static Exit post(AppProcess process, String path) throws Exception {
		long begun = System.nanoTime();
		try (HttpConnection connection = HttpConnection.open(process.port(), Duration.ofSeconds(30))) {
			connection.exchange(HttpMessage.post(path, Map.of(), new byte[0]));
		}
		catch (HttpFailureException ex) {
			// The process ends before it answers
		}
		return process.awaitExit(begun);
	}

	@Test
	void whenStartingThenExitsAsSpringBootDoesWithoutDelay() {
		try (AppProcess process = App.of(SampleJar.GRACEFUL, DIRECTORY, "--sample.startup-delay=60s").start()) {
			process.awaitNotReady();
			Exit exit = stop(process, "TERM", "starting");
			assertThat(exit.code()).isEqualTo(TERMINATED_WHILE_STARTING);
			assertThat(exit.took()).isLessThan(AT_ONCE);
		}
	}

	@Test
	void whenRuntimeImageLacksSignalsThenTheExitCodeTellsAllTheSame() {
		// Spring's class proxies need the module that is left out, too
		App app = App
			.of(SampleJar.GRACEFUL, DIRECTORY, "--spring.persistence.exceptiontranslation.enabled=false",
					"--graceful.shutdown.timeout=3s")
			.withJvmOptions("--limit-modules",
					"java.se,jdk.management,jdk.net,jdk.charsets,jdk.crypto.ec,jdk.zipfs,jdk.httpserver");
		try (AppProcess process = app.startReady(); LoadClient client = startRequest(process)) {
			Exit exit = stop(process, "TERM", "no jdk.unsupported, 2 s request in flight");
			assertAnswered(client);
			assertThat(exit.code()).isZero();
			assertThat(process.log()).contains("add the module jdk.unsupported");
		}
		try (AppProcess process = app.startReady();
				LoadClient client = LoadClient.start(REQUEST_OF_10_SECONDS, process.port())) {
			process.awaitLog("Slow request of 10000 ms begins");
			Exit exit = stop(process, "TERM", "no jdk.unsupported, 10 s request in flight");
			assertThat(exit.code()).isEqualTo(1);
			assertThat(client.stop().failed()).isEqualTo(1);
		}
	}

	@Test
	void whenJvmLetsNobodyHandleSignalsThenItSaysWhatToDo() {
		try (AppProcess process = App.of(SampleJar.GRACEFUL, DIRECTORY).withJvmOptions("-Xrs").startReady()) {
			process.awaitLog("Start it without -Xrs");
			Exit exit = stop(process, "TERM", "-Xrs");
			assertThat(exit.code()).isEqualTo(KILLED_BY_SIGTERM);
			assertThat(process.log()).doesNotContain("Shutdown completed");
		}
	}

	private LoadClient startRequest(AppProcess process) {
		LoadClient client = LoadClient.start(REQUEST_OF_2_SECONDS, process.port());
		process.awaitLog("Slow request of 2000 ms begins");
		return client;
	}

	private void assertAnswered(LoadClient client) {
		LoadReport report = client.await();
		assertThat(report.failed()).as(report::describeFailures).isZero();
		assertThat(report.ok()).isEqualTo(1);
	}

	private Exit stop(AppProcess process, String signal, String state) {
		Exit exit = process.stop(signal);
		print(signal, state, exit);
		return exit;
	}

	private void print(String signal, String state, Exit exit) {
		System.out.printf("SIGNAL %s, %s: exit code %d after %d ms%n", signal, state, exit.code(),
				exit.took().toMillis());
	}

}
