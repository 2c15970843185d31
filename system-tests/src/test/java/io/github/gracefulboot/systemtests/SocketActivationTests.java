package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;

import io.github.gracefulboot.systemtests.app.OnServers;
import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.load.Mix;
import io.github.gracefulboot.systemtests.systemd.SampleService;
import io.github.gracefulboot.systemtests.systemd.Systemd;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One instance, no balancer, and a socket that systemd keeps while the service restarts.
 */
class SocketActivationTests {

	private static final int RESTARTS = Integer.getInteger("graceful.system-tests.socket-restarts", 10);

	private static final Duration LONGER_THAN_A_START = Duration.ofSeconds(60);

	@OnServers({ SampleJar.GRACEFUL, SampleJar.JETTY, SampleJar.NETTY })
	void whenServiceRestartsThenNobodyIsRefusedAndNothingIsLost(SampleJar jar) throws Exception {
		Path directory = TestDirectory.create("socket-activation-%s".formatted(jar));
		try (Systemd systemd = Systemd.start(directory, jar);
				SampleService service = SampleService.installWithSocket(systemd, directory)) {
			assertThat(service.activeState()).isEqualTo("inactive");
			assertThat(HttpConnection.get(service.port(), "/fast", LONGER_THAN_A_START).isSuccess())
				.as("the first connection starts the service")
				.isTrue();
			service.await("ActiveState", "active");
			assertThat(service.readiness()).isEqualTo(Readiness.READY);
			LoadReport report = restartUnderLoad(service);
			System.out.printf("SOCKET activation, %s: %d of %d requests failed in %d restarts%n", jar, report.failed(),
					report.total(), RESTARTS);
			System.out.println("  " + report);
			assertThat(report.failed()).as(report::describeFailures).isZero();
			service.await("ActiveState", "active");
			assertThat(service.log()).doesNotContain(" WARN ", " ERROR ");
		}
	}

	private LoadReport restartUnderLoad(SampleService service) {
		Load patient = Mix.mixed().withResponseTimeout(LONGER_THAN_A_START);
		try (LoadClient load = Mix.start(patient, service.port())) {
			for (int i = 0; i < RESTARTS; i++) {
				String pid = service.show("MainPID");
				service.restart();
				assertThat(service.show("MainPID")).isNotEqualTo(pid);
				load.awaitMore(Mix.STEADY_REQUESTS);
			}
			return load.stopAfter(Mix.STEADY_REQUESTS);
		}
	}

}
