package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.load.Load;
import io.github.gracefulboot.systemtests.load.LoadClient;
import io.github.gracefulboot.systemtests.load.LoadReport;
import io.github.gracefulboot.systemtests.load.Traffic;
import io.github.gracefulboot.systemtests.pm2.Pm2;
import io.github.gracefulboot.systemtests.pm2.Pm2Exit;
import io.github.gracefulboot.systemtests.pm2.Pm2Process;
import io.github.gracefulboot.systemtests.process.FreePorts;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two instances that share a port in PM2's cluster mode, by the launcher. Clients connect
 * without a load balancer.
 */
class Pm2ClusterTests {

	private static final int RELOADS = Integer.getInteger("graceful.system-tests.reloads", 10);

	private static final Path ECOSYSTEM = Path.of("../sample-app/deploy/pm2/ecosystem.cluster.config.js");

	private static final String NAME = "sample-cluster";

	private static final Path DIRECTORY = TestDirectory.create("pm2-cluster");

	private static final int PORT = FreePorts.next();

	private static Pm2 pm2;

	/**
	 * Here and not before all tests, so that each one is reported as skipped where PM2 is
	 * missing.
	 */
	@BeforeEach
	void startCluster() {
		if (pm2 == null) {
			pm2 = Pm2.start(DIRECTORY);
			startInstances();
		}
	}

	private static void startInstances() {
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY);
		pm2.start(ECOSYSTEM, Map.of("PORT", String.valueOf(PORT), "JAVA", App.java(), "JVM_OPTIONS",
				app.jvmOptionsLine(), "SAMPLE_JAR", app.jar().toString(), "SERVER_HTTP2_ENABLED", "true"));
	}

	@AfterAll
	static void closePm2() {
		if (pm2 != null) {
			pm2.close();
		}
	}

	@Test
	void whenReloadedUnderLoadThenNothingIsLost() {
		int exitsBefore = pm2.exits(NAME).size();
		try (SteadyLoad load = SteadyLoad.start(Traffic.MIXED.loads(), PORT)) {
			long begin = System.nanoTime();
			for (int i = 0; i < RELOADS; i++) {
				pm2.reload(NAME);
			}
			Duration took = Duration.ofNanos(System.nanoTime() - begin);
			List<LoadReport> reports = load.stop();
			System.out.printf(
					"PM2 reload of two clustered instances: %d of %d requests failed, %d reloads of %d ms each%n",
					SteadyLoad.failed(reports), SteadyLoad.total(reports), RELOADS, took.toMillis() / RELOADS);
			assertThat(SteadyLoad.failures(reports)).isEmpty();
		}
		List<Pm2Exit> exits = pm2.exits(NAME);
		assertThat(exits.subList(exitsBefore, exits.size())).isEqualTo(Collections.nCopies(2 * RELOADS, Pm2Exit.CLEAN));
		awaitOnline();
	}

	@Test
	void whenStoppedThenRequestInFlightIsAnswered() {
		int exitsBefore = pm2.exits(NAME).size();
		Load request = Load.of("POST", "/slow?ms=2001", true, 1).withMaxRequests(1);
		try (LoadClient client = LoadClient.start(request, PORT)) {
			pm2.awaitLog(NAME, "Slow request of 2001 ms begins");
			Duration took = pm2.stop(NAME);
			LoadReport report = client.await();
			System.out.printf("PM2 cluster mode, 2 s request in flight: %d failed, pm2 stop took %d ms%n",
					report.failed(), took.toMillis());
			assertThat(SteadyLoad.failures(List.of(report))).isEmpty();
		}
		List<Pm2Exit> exits = pm2.exits(NAME);
		assertThat(exits.subList(exitsBefore, exits.size())).containsExactly(Pm2Exit.CLEAN, Pm2Exit.CLEAN);
		startInstances();
		awaitOnline();
	}

	@Test
	void whenConnectionIsUpgradedThenItPassesThrough() throws Exception {
		HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
		for (int i = 0; i < 3; i++) {
			HttpResponse<String> response = exchange(client);
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).startsWith("ok ");
			assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
		}
		System.out.println("PM2 cluster mode: a connection was upgraded to HTTP/2");
	}

	private HttpResponse<String> exchange(HttpClient client) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:%d/fast".formatted(PORT))).build();
		return client.send(request, HttpResponse.BodyHandlers.ofString());
	}

	@Test
	void whenLauncherIsKilledThenNoJvmIsLeft() {
		ProcessHandle launcher = ProcessHandle.of(awaitOnline().get(0).pid()).orElseThrow();
		ProcessHandle jvm = launcher.children()
			.filter((child) -> child.info().command().orElse("").endsWith("java"))
			.findFirst()
			.orElseThrow();
		long killed = System.nanoTime();
		launcher.destroyForcibly();
		Awaitility.await("the end of JVM %d".formatted(jvm.pid())).until(() -> !Pm2.isRunning(jvm));
		System.out.printf("PM2 cluster mode, launcher killed: its JVM ended after %d ms%n",
				Duration.ofNanos(System.nanoTime() - killed).toMillis());
		awaitOnline();
	}

	private List<Pm2Process> awaitOnline() {
		return Awaitility.await("two instances online")
			.atMost(Duration.ofSeconds(90))
			.until(() -> pm2.processes(NAME),
					(processes) -> processes.size() == 2 && processes.stream().allMatch(Pm2Process::isOnline));
	}

}
