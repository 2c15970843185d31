package io.github.gracefulboot.supervisor.systemd;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

import io.github.gracefulboot.posix.DatagramReceiver;
import io.github.gracefulboot.posix.OpenDescriptors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link SystemdSupervisor}, with a real socket in place of systemd's.
 */
@EnabledOnOs(OS.LINUX)
class SystemdSupervisorTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	@TempDir
	private Path directory;

	private String name;

	private DatagramReceiver receiver;

	private SystemdSupervisor supervisor;

	@BeforeEach
	void listen() {
		this.name = this.directory.resolve("notify").toString();
		this.receiver = new DatagramReceiver(this.name);
	}

	@AfterEach
	void close() {
		if (this.supervisor != null) {
			this.supervisor.disconnect();
		}
		this.receiver.close();
	}

	@Test
	void whenOpenedThenTheUnitIsStarting() throws IOException {
		open();
		assertThat(this.receiver.received()).containsExactly("STATUS=Starting");
	}

	@Test
	void whenReadyThenSaysSo() throws IOException {
		SystemdSupervisor supervisor = open();
		supervisor.ready();
		assertThat(this.receiver.received()).containsExactly("STATUS=Starting", "READY=1");
	}

	@Test
	void whenToldThenSaysExactlyThat() throws IOException {
		SystemdSupervisor supervisor = open();
		supervisor.readiness(true);
		supervisor.status("one line\nSTOPPING=1\r\nand\u2028another");
		supervisor.extend();
		supervisor.alive();
		supervisor.stopping();
		supervisor.readiness(false);
		assertThat(this.receiver.received()).containsExactly("STATUS=Starting",
				"STATUS=one line STOPPING=1 and another", "EXTEND_TIMEOUT_USEC=5000000", "WATCHDOG=1", "STOPPING=1");
	}

	@Test
	void whenAnotherProcessServesThenSaysWhichInOneMessage() throws IOException {
		open().handedOver(4711);
		assertThat(this.receiver.received()).containsExactly("STATUS=Starting", "MAINPID=4711\nREADY=1\nSTATUS=Ready");
	}

	@Test
	void whenReloadingThenTellsTheMonotonicTime() throws IOException {
		SystemdSupervisor supervisor = open();
		long before = System.nanoTime() / 1000;
		supervisor.reloading();
		String message = this.receiver.received().get(1);
		assertThat(message).startsWith("RELOADING=1\nMONOTONIC_USEC=");
		assertThat(Long.parseLong(message.substring(message.lastIndexOf('=') + 1))).isBetween(before,
				System.nanoTime() / 1000);
	}

	@Test
	void whenThereIsNoSocketThenCannotBeOpenedAndLeavesNothingOpen() throws IOException {
		SystemdSupervisor supervisor = new SystemdSupervisor(this.name + "-missing", SOON, null);
		Set<String> before = OpenDescriptors.of("socket:");
		assertThatIOException().isThrownBy(supervisor::open).withMessageContaining("No such file");
		assertThat(OpenDescriptors.of("socket:")).isEqualTo(before);
		supervisor.ready();
		supervisor.stopping();
		assertThat(this.receiver.received()).isEmpty();
	}

	@Test
	void whenDisconnectedThenLeavesNothingOpenAndSaysNothingMore() throws IOException {
		Set<String> before = OpenDescriptors.of("socket:");
		SystemdSupervisor supervisor = open();
		assertThat(OpenDescriptors.of("socket:")).hasSize(before.size() + 1);
		supervisor.disconnect();
		supervisor.disconnect();
		supervisor.stopping();
		supervisor.ready();
		assertThat(OpenDescriptors.of("socket:")).isEqualTo(before);
		assertThat(this.receiver.received()).hasSize(1);
	}

	@Test
	void whenSystemdWantsSignsOfLifeThenTellsHowOften() {
		SystemdSupervisor supervisor = new SystemdSupervisor(this.name, SOON, Duration.ofSeconds(3));
		assertThat(supervisor.watchdogTimeout()).contains(Duration.ofSeconds(3));
		assertThat(supervisor.patience()).contains(SOON);
		assertThat(new SystemdSupervisor(this.name, SOON, null).watchdogTimeout()).isEmpty();
	}

	private SystemdSupervisor open() throws IOException {
		this.supervisor = new SystemdSupervisor(this.name, SOON, null);
		this.supervisor.open();
		return this.supervisor;
	}

}
