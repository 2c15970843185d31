package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.gracefulboot.systemtests.app.OnServers;
import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.load.LoadReport;
import io.github.gracefulboot.systemtests.load.Traffic;
import io.github.gracefulboot.systemtests.systemd.SampleService;
import io.github.gracefulboot.systemtests.systemd.Systemd;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One instance under systemd, no balancer: a reload replaces its process in place.
 */
class SystemdReloadTests {

	private static final int REPLACEMENTS = Integer.getInteger("graceful.system-tests.replacements", 2);

	private static final String SETTINGS = "new.properties";

	@OnServers({ SampleJar.GRACEFUL, SampleJar.JETTY, SampleJar.NETTY })
	void whenReloadedUnderLoadThenNothingIsLostAndTheUnitStaysActive(SampleJar jar) {
		Path directory = TestDirectory.create("systemd-reload-" + jar);
		try (Systemd systemd = Systemd.start(directory, jar);
				SampleService service = SampleService.installWithHandOver(systemd, directory)) {
			assertThat(service.start().exitCode()).isZero();
			try (SteadyLoad load = SteadyLoad.start(Traffic.MIXED.loads(), service.port())) {
				for (int i = 0; i < REPLACEMENTS; i++) {
					service.replace();
					load.awaitMore();
				}
				List<LoadReport> reports = load.stop();
				System.out.printf("SYSTEMD reload, %s: %d of %d requests failed in %d replacements%n", jar,
						SteadyLoad.failed(reports), SteadyLoad.total(reports), REPLACEMENTS);
				reports.forEach((report) -> System.out.println("  " + report));
				assertThat(SteadyLoad.failures(reports)).isEmpty();
			}
			assertThat(service.show("NRestarts")).isEqualTo("0");
			assertThat(service.show("StatusText")).isEqualTo("Ready");
			assertThat(service.stop().exitCode()).isZero();
			assertThat(service.end()).isEqualTo("success, exit code 0");
			assertThat(service.log()).doesNotContain(" WARN ", " ERROR ");
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
			service.awaitLog("The new process exited with code 1: this process goes on to serve");
			service.await("ActiveState", "active");
			assertThat(service.show("MainPID")).isEqualTo(pid);
			assertThat(service.readiness()).isEqualTo(Readiness.READY);
			assertThat(service.stop().exitCode()).isZero();
			assertThat(service.end()).isEqualTo("success, exit code 0");
		}
	}

}
