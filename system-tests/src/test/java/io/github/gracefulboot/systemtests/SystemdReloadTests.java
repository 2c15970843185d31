package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.github.gracefulboot.systemtests.app.OnServers;
import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.load.Mix;
import io.github.gracefulboot.systemtests.systemd.SampleService;
import io.github.gracefulboot.systemtests.systemd.Systemd;
import io.github.gracefulboot.test.http.FailureKind;
import io.github.gracefulboot.test.load.Failure;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One instance under systemd, no balancer: a reload replaces its process in place.
 */
class SystemdReloadTests {

	private static final int REPLACEMENTS = Integer.getInteger("graceful.system-tests.replacements", 20);

	private static final Duration LONGER_THAN_A_START = Duration.ofSeconds(60);

	/**
	 * The number of connections that are open at a time.
	 */
	private static final int CONNECTIONS = 16;

	private static final String SETTINGS = "new.properties";

	@OnServers({ SampleJar.GRACEFUL, SampleJar.JETTY, SampleJar.NETTY })
	void whenReloadedUnderLoadThenNothingIsLostAndTheUnitStaysActive(SampleJar jar) {
		Path directory = TestDirectory.create("systemd-reload-" + jar);
		try (Systemd systemd = Systemd.start(directory, jar);
				SampleService service = SampleService.installWithHandOver(systemd, directory)) {
			assertThat(service.start().exitCode()).isZero();
			System.out.printf("SYSTEMD reload, %s, without: longest wait %d ms%n", jar,
					Mix.longestWait(service.port()).toMillis());
			try (LoadClient load = Mix.startMixed(service.port())) {
				for (int i = 0; i < REPLACEMENTS; i++) {
					service.replace();
					load.awaitMore(Mix.STEADY_REQUESTS);
				}
				LoadReport report = load.stopAfter(Mix.STEADY_REQUESTS);
				System.out.printf("SYSTEMD reload, %s: %d of %d requests failed in %d replacements%n", jar,
						report.failed(), report.total(), REPLACEMENTS);
				System.out.println("  " + report);
				assertThat(report.failed()).as(report::describeFailures).isZero();
			}
			assertThat(service.show("NRestarts")).isEqualTo("0");
			assertThat(service.show("StatusText")).isEqualTo("Ready");
			assertThat(service.stop().exitCode()).isZero();
			assertThat(service.end()).isEqualTo("success, exit code 0");
			assertThat(service.log()).doesNotContain(" WARN ", " ERROR ");
		}
	}

	/**
	 * What the killed process had in hand is lost, and nobody is refused.
	 */
	@Test
	void whenTheProcessIsKilledThenClientsWaitForTheNextOne() {
		Path directory = TestDirectory.create("systemd-crash");
		try (Systemd systemd = Systemd.start(directory);
				SampleService service = SampleService.installWithHandOver(systemd, directory)) {
			assertThat(service.start().exitCode()).isZero();
			Load patient = Mix.mixed().withResponseTimeout(LONGER_THAN_A_START);
			try (LoadClient load = Mix.start(patient, service.port())) {
				service.kill();
				service.awaitLog("was kept by systemd since the process before ended");
				service.await("ActiveState", "active");
				LoadReport report = load.stopAfter(Mix.STEADY_REQUESTS);
				System.out.printf("SYSTEMD crash: %d of %d requests failed%n", report.failed(), report.total());
				assertThat(report.failures()).extracting(Failure::kind)
					.doesNotContain(FailureKind.REFUSED, FailureKind.CONNECT_TIMEOUT, FailureKind.STATUS)
					.hasSizeLessThanOrEqualTo(CONNECTIONS);
			}
			assertThat(service.show("NFileDescriptorStore")).isEqualTo("1");
			assertThat(service.stop().exitCode()).isZero();
			assertThat(service.end()).isEqualTo("success, exit code 0");
		}
	}

	@Test
	void whenTheNewProcessFailsThenTheUnitIsActiveWithTheOldOne() throws IOException {
		Path directory = TestDirectory.create("systemd-reload-fails");
		try (Systemd systemd = Systemd.start(directory);
				SampleService service = SampleService.installWithHandOver(systemd, directory,
						"Environment=SPRING_CONFIG_IMPORT=optional:file:%s/%s".formatted(Systemd.DIRECTORY,
								SETTINGS))) {
			assertThat(service.start().exitCode()).isZero();
			String pid = service.show("MainPID");
			Files.writeString(directory.resolve(SETTINGS),
					"spring.datasource.url=jdbc:h2:tcp://127.0.0.1:1/none\ngraceful.startup.timeout=3s\n");
			service.beginReload();
			service.awaitLog("The new process exited with code 1: this process keeps serving");
			service.await("ActiveState", "active");
			assertThat(service.show("MainPID")).isEqualTo(pid);
			assertThat(service.readiness()).isEqualTo(Readiness.READY);
			assertThat(service.stop().exitCode()).isZero();
			assertThat(service.end()).isEqualTo("success, exit code 0");
		}
	}

}
