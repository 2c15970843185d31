package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.front.FrontType;
import io.github.gracefulboot.systemtests.load.Mix;
import io.github.gracefulboot.systemtests.pm2.Pm2;
import io.github.gracefulboot.systemtests.pm2.Pm2Exit;
import io.github.gracefulboot.systemtests.pm2.Pm2Process;
import io.github.gracefulboot.test.balancer.RunningBalancer;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.FreePorts;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code pm2 reload} in fork mode: each instance is stopped, then started again.
 */
class Pm2ReloadTests {

	private static final int RELOADS = Integer.getInteger("graceful.system-tests.reloads", 10);

	private static final Path DIRECTORY = TestDirectory.create("pm2-reload");

	private static final Path ECOSYSTEM = Path.of("../sample-app/deploy/pm2/ecosystem.config.js");

	private static final String NAME = "sample";

	@Test
	void whenInstancesAreReloadedBehindHaproxyThenNothingIsLost() {
		int port = FreePorts.nextPair();
		try (RunningBalancer front = FrontType.HAPROXY.start(List.of(port, port + 1), DIRECTORY);
				Pm2 pm2 = Pm2.start(DIRECTORY)) {
			App app = App.of(SampleJar.GRACEFUL, DIRECTORY);
			pm2.start(ECOSYSTEM, Map.of("FIRST_PORT", String.valueOf(port), "JAVA", App.java(), "JVM_OPTIONS",
					app.jvmOptionsLine(), "SAMPLE_JAR", app.jar().toString()));
			awaitUp(front, port);
			awaitUp(front, port + 1);
			LoadReport report = reloadUnderLoad(pm2, front);
			assertThat(report.failed()).as(report::describeFailures).isZero();
			assertThat(pm2.exits(NAME)).isEqualTo(Collections.nCopies(2 * RELOADS, Pm2Exit.CLEAN));
			assertThat(pm2.processes(NAME)).hasSize(2)
				.allMatch(Pm2Process::isOnline)
				.allMatch((process) -> process.restarts() == RELOADS);
		}
	}

	/**
	 * By default PM2 would signal the child as well.
	 */
	@Test
	void whenRequestWaitsForAChildProcessThenItFinishes() {
		int port = FreePorts.nextPair();
		try (Pm2 pm2 = Pm2.start(DIRECTORY)) {
			App app = App.of(SampleJar.GRACEFUL, DIRECTORY);
			pm2.start(ECOSYSTEM, Map.of("FIRST_PORT", String.valueOf(port), "JAVA", App.java(), "JVM_OPTIONS",
					app.jvmOptionsLine() + " -Dgraceful.ready.probes=0", "SAMPLE_JAR", app.jar().toString()));
			try (LoadClient client = LoadClient.start(Load.of("GET", "/child?seconds=4", false, 1).withMaxRequests(1),
					port)) {
				pm2.awaitLog(NAME, "Child of 4 s begins");
				pm2.stop(NAME);
				LoadReport report = client.await();
				System.out.printf("PM2 stop with a request that waits for a child: %s%n", report);
				assertThat(report.failed()).as(report::describeFailures).isZero();
				assertThat(pm2.exits(NAME)).containsOnly(Pm2Exit.CLEAN);
			}
		}
	}

	private LoadReport reloadUnderLoad(Pm2 pm2, RunningBalancer front) {
		try (LoadClient load = Mix.start(Load.of("POST", Mix.path(), true, 16), front.port())) {
			long begin = System.nanoTime();
			for (int i = 0; i < RELOADS; i++) {
				pm2.reload(NAME);
			}
			Duration took = Duration.ofNanos(System.nanoTime() - begin);
			LoadReport report = load.stopAfter(Mix.STEADY_REQUESTS);
			System.out.printf("PM2 reload of two forked instances behind HAProxy: %s, %d reloads of %d ms each%n",
					report, RELOADS, took.toMillis() / RELOADS);
			return report;
		}
	}

	private void awaitUp(RunningBalancer front, int port) {
		Awaitility.await("a response of the instance on port %d".formatted(port)).until(() -> {
			try {
				return HttpConnection.get(front.port(), "/fast", Duration.ofSeconds(5))
					.header("X-Instance")
					.startsWith(port + "-");
			}
			catch (HttpFailureException ex) {
				return false;
			}
		});
	}

}
