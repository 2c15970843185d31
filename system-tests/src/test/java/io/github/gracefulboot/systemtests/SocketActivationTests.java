package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.github.gracefulboot.systemtests.app.OnServers;
import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.load.Traffic;
import io.github.gracefulboot.systemtests.systemd.SampleService;
import io.github.gracefulboot.systemtests.systemd.Systemd;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.load.Load;
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
			List<LoadReport> reports = restartUnderLoad(service);
			System.out.printf("SOCKET activation, %s: %d of %d requests failed in %d restarts%n", jar,
					SteadyLoad.failed(reports), SteadyLoad.total(reports), RESTARTS);
			reports.forEach((report) -> System.out.println("  " + report));
			assertThat(SteadyLoad.failures(reports)).isEmpty();
			service.await("ActiveState", "active");
			assertThat(service.log()).doesNotContain(" WARN ", " ERROR ");
		}
	}

	private List<LoadReport> restartUnderLoad(SampleService service) {
		List<Load> patient = Traffic.MIXED.loads()
			.stream()
			.map((load) -> load.withResponseTimeout(LONGER_THAN_A_START))
			.toList();
		try (SteadyLoad load = SteadyLoad.start(patient, service.port())) {
			for (int i = 0; i < RESTARTS; i++) {
				String pid = service.show("MainPID");
				service.restart();
				assertThat(service.show("MainPID")).isNotEqualTo(pid);
				load.awaitMore();
			}
			return load.stop();
		}
	}

}
