package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.load.Mix;
import io.github.gracefulboot.systemtests.pm2.Pm2;
import io.github.gracefulboot.systemtests.pm2.Pm2Exit;
import io.github.gracefulboot.systemtests.pm2.Pm2Process;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.FreePorts;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instances that share a port in PM2's cluster mode, by the launcher. Clients connect
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
			startInstance();
		}
	}

	private static void startInstance() {
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY);
		pm2.start(ECOSYSTEM, Map.of("INSTANCES", "1", "PORT", String.valueOf(PORT), "JAVA", App.java(), "JVM_OPTIONS",
				app.jvmOptionsLine(), "SAMPLE_JAR", app.jar().toString()));
	}

	@AfterAll
	static void closePm2() {
		if (pm2 != null) {
			pm2.close();
		}
	}

	@Test
	void whenReloadedAndScaledUnderLoadThenNothingIsLost() {
		int exitsBefore = pm2.exits(NAME).size();
		int replaced = 0;
		System.out.printf("PM2 cluster mode, without: longest wait %d ms%n", Mix.longestWait(PORT).toMillis());
		try (LoadClient load = Mix.startMixed(PORT)) {
			for (int instances = 1; instances <= 3; instances++) {
				scaleTo(instances);
				replaced += instances * reload(instances);
			}
			scaleTo(1);
			LoadReport report = load.stopAfter(Mix.STEADY_REQUESTS);
			System.out.printf("PM2 cluster mode of one, two and three instances: %d of %d requests failed%n",
					report.failed(), report.total());
			System.out.println("  " + report);
			assertThat(report.failed()).as(report::describeFailures).isZero();
		}
		List<Pm2Exit> exits = pm2.exits(NAME);
		assertThat(exits.subList(exitsBefore, exits.size()))
			.isEqualTo(Collections.nCopies(replaced + 2, Pm2Exit.CLEAN));
	}

	private static int reload(int instances) {
		int reloads = Math.max(1, RELOADS / 2 / instances);
		long begin = System.nanoTime();
		for (int i = 0; i < reloads; i++) {
			pm2.reload(NAME);
		}
		System.out.printf("PM2 reload of %d clustered instances: %d reloads of %d ms each%n", instances, reloads,
				Duration.ofNanos(System.nanoTime() - begin).toMillis() / reloads);
		return reloads;
	}

	private static void scaleTo(int instances) {
		if (pm2.processes(NAME).size() != instances) {
			pm2.scale(NAME, instances);
		}
		awaitOnline(instances);
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
			assertThat(report.failed()).as(report::describeFailures).isZero();
		}
		List<Pm2Exit> exits = pm2.exits(NAME);
		assertThat(exits.subList(exitsBefore, exits.size())).containsExactly(Pm2Exit.CLEAN);
		startInstance();
		awaitOnline(1);
	}

	@Test
	void whenClientConnectsThenItsOwnAddressIsSeen() throws IOException {
		try (Socket client = new Socket()) {
			client.bind(new InetSocketAddress("127.0.0.2", 0));
			client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT));
			client.getOutputStream()
				.write("GET /client HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			assertThat(client.getInputStream()).asString(StandardCharsets.US_ASCII)
				.endsWith("127.0.0.2:" + client.getLocalPort());
		}
	}

	@Test
	void whenLauncherIsKilledThenNoJvmIsLeft() {
		ProcessHandle launcher = ProcessHandle.of(pm2.process(NAME).pid()).orElseThrow();
		ProcessHandle jvm = launcher.children()
			.filter((child) -> child.info().command().orElse("").endsWith("java"))
			.findFirst()
			.orElseThrow();
		long killed = System.nanoTime();
		launcher.destroyForcibly();
		Awaitility.await("the end of JVM %d".formatted(jvm.pid())).until(() -> !Pm2.isRunning(jvm));
		System.out.printf("PM2 cluster mode, launcher killed: its JVM ended after %d ms%n",
				Duration.ofNanos(System.nanoTime() - killed).toMillis());
		awaitOnline(1);
	}

	private static void awaitOnline(int instances) {
		Awaitility.await("%d instances online".formatted(instances))
			.atMost(Duration.ofSeconds(90))
			.until(() -> pm2.processes(NAME),
					(processes) -> processes.size() == instances && processes.stream().allMatch(Pm2Process::isOnline));
	}

}
