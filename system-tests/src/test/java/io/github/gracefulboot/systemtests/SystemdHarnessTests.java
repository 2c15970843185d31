package io.github.gracefulboot.systemtests;

import java.nio.file.Path;

import io.github.gracefulboot.systemtests.systemd.Systemd;
import io.github.gracefulboot.systemtests.systemd.SystemdService;
import io.github.gracefulboot.test.process.Command;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The systemd that the tests start is one.
 */
class SystemdHarnessTests {

	private static final Path DIRECTORY = TestDirectory.create("systemd-harness");

	@Test
	void whenServiceSaysReadyThenItIsActiveAndNotBefore() {
		try (Systemd systemd = Systemd.start(DIRECTORY)) {
			systemd.unit("speaks.service",
					"""
							[Unit]
							DefaultDependencies=no
							[Service]
							Type=notify
							NotifyAccess=all
							ExecStart=/bin/sh -c 'systemd-notify --status=warming; sleep 1; systemd-notify --ready; exec sleep 60'
							StandardOutput=append:%s/speaks.log
							StandardError=inherit
							"""
						.formatted(Systemd.DIRECTORY));
			try (SystemdService service = new SystemdService(systemd, "speaks.service",
					DIRECTORY.resolve("speaks.log"))) {
				service.beginStart();
				service.await("StatusText", "warming");
				assertThat(service.activeState()).isEqualTo("activating");
				Command start = service.start();
				System.out.printf("SYSTEMD stand-in was started in %d ms%n", start.took().toMillis());
				assertThat(start.exitCode()).isZero();
				assertThat(service.activeState()).isEqualTo("active");
				service.stop();
				assertThat(service.end()).isEqualTo("success, signal 15");
			}
		}
	}

}
