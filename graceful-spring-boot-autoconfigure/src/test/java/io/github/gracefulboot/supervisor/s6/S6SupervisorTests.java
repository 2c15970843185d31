package io.github.gracefulboot.supervisor.s6;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.gracefulboot.posix.OpenDescriptors;
import io.github.gracefulboot.posix.Pipe;
import io.github.gracefulboot.posix.SocketPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link S6Supervisor}, at the other end of a real pipe.
 */
@EnabledOnOs(OS.LINUX)
class S6SupervisorTests {

	@Test
	void whenReadyThenWritesANewlineOnceAndLetsGoOfThePipe() throws IOException {
		try (Pipe pipe = new Pipe()) {
			S6Supervisor supervisor = open(pipe.descriptor());
			supervisor.readiness(true);
			supervisor.status("Starting");
			assertThat(pipe.received()).isEmpty();
			supervisor.ready();
			supervisor.ready();
			supervisor.stopping();
			assertThat(pipe.received()).isEqualTo("\n");
			pipe.closeDescriptor();
			assertThat(pipe.isAtEnd()).isTrue();
		}
	}

	@Test
	void whenNobodyReadsAnyMoreThenReadyFailsAndTheProcessLives() throws IOException {
		try (Pipe pipe = new Pipe()) {
			S6Supervisor supervisor = open(pipe.descriptor());
			pipe.closeReader();
			assertThatIOException().isThrownBy(supervisor::ready).withMessageContaining("Broken pipe");
		}
	}

	@Test
	void whenNobodyReadsFromTheStartThenOpeningDoesNotHang() throws IOException {
		try (Pipe pipe = new Pipe()) {
			pipe.closeReader();
			S6Supervisor supervisor = open(pipe.descriptor());
			assertThatIOException().isThrownBy(supervisor::ready);
		}
	}

	@ParameterizedTest
	@CsvSource({ "'', is not the number", "three, is not the number", "-3, is not the number", "123456, is not open" })
	void whenThereIsNoSuchDescriptorThenCannotBeOpened(String descriptor, String reason) throws IOException {
		S6Supervisor supervisor = new S6Supervisor(descriptor);
		assertThatIOException().isThrownBy(supervisor::open)
			.withMessageContaining("graceful.supervisor.s6.notification-fd=" + descriptor + " " + reason);
		supervisor.ready();
	}

	@Test
	void whenDescriptorIsNoPipeThenItStaysAsItIs(@TempDir Path directory) throws IOException {
		Path path = Files.writeString(directory.resolve("data"), "precious");
		try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw"); SocketPair sockets = new SocketPair()) {
			assertThatIOException().isThrownBy(() -> open(OpenDescriptors.numberOf(path)))
				.withMessageEndingWith(", not a pipe");
			assertThatIOException().isThrownBy(() -> open(sockets.descriptor())).withMessageEndingWith(", not a pipe");
			assertThat(file.length()).isEqualTo(8);
		}
	}

	private static S6Supervisor open(int descriptor) throws IOException {
		S6Supervisor supervisor = new S6Supervisor(String.valueOf(descriptor));
		supervisor.open();
		return supervisor;
	}

}
