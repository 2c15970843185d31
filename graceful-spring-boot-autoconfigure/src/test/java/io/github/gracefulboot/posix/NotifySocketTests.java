package io.github.gracefulboot.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link NotifySocket}, with a real socket in place of systemd's.
 */
@EnabledOnOs(OS.LINUX)
class NotifySocketTests {

	@TempDir
	private Path directory;

	private final List<NotifySocket> sockets = new ArrayList<>();

	@AfterEach
	void close() {
		this.sockets.forEach(NotifySocket::close);
	}

	@Test
	void whenSocketIsAPathThenEachMessageIsADatagram() throws Exception {
		String name = this.directory.resolve("notify").toString();
		try (DatagramReceiver receiver = new DatagramReceiver(name)) {
			NotifySocket socket = open(name);
			socket.send("READY=1");
			socket.send("STATUS=h\u00e9llo\nMAINPID=1");
			assertThat(receiver.received()).containsExactly("READY=1", "STATUS=h\u00e9llo\nMAINPID=1");
		}
	}

	@Test
	void whenSocketIsAbstractThenEachMessageIsADatagram() throws Exception {
		String name = "@graceful-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
		try (DatagramReceiver receiver = new DatagramReceiver(name)) {
			open(name).send("STOPPING=1");
			assertThat(receiver.received()).containsExactly("STOPPING=1");
		}
	}

	@Test
	void whenNameIsAsLongAsItMayBeThenItWorks() throws Exception {
		String name = "@" + "x".repeat(106);
		try (DatagramReceiver receiver = new DatagramReceiver(name)) {
			open(name).send("READY=1");
			assertThat(receiver.received()).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "notify", "vsock:2:1234", "./notify" })
	void whenNameIsNeitherAPathNorAbstractThenSaysSo(String name) {
		assertThatIOException().isThrownBy(() -> open(name))
			.withMessage("NOTIFY_SOCKET=%s is neither a path nor an abstract name", name);
	}

	@ParameterizedTest
	@CsvSource({ "/, 107", "@, 107", "/\u00e9, 105" })
	void whenNameIsTooLongThenSaysSo(String start, int more) {
		assertThatIOException().isThrownBy(() -> open(start + "x".repeat(more)))
			.withMessageEndingWith("is longer than 107 bytes");
	}

	@Test
	void whenThereIsNoSocketThenSaysSo() throws Exception {
		String name = this.directory.resolve("missing").toString();
		NotifySocket socket = open(name);
		assertThatIOException().isThrownBy(() -> socket.send("READY=1"))
			.withMessage("NOTIFY_SOCKET=%s [2] No such file or directory", name);
	}

	@Test
	void whenNobodyListensThenSaysSo() throws Exception {
		String name = this.directory.resolve("stale").toString();
		new DatagramReceiver(name).close();
		NotifySocket socket = open(name);
		assertThatIOException().isThrownBy(() -> socket.send("READY=1"))
			.withMessageContaining("[111] Connection refused");
	}

	@Test
	void whenItIsNotAllowedToWriteThenSaysWhoMayNot() throws Throwable {
		Path path = this.directory.resolve("notify");
		try (DatagramReceiver receiver = new DatagramReceiver(path.toString())) {
			Files.setPosixFilePermissions(path, Set.of());
			NotifySocket socket = open(path.toString());
			Unprivileged.run(() -> assertThatIOException().isThrownBy(() -> socket.send("READY=1"))
				.withMessageContaining("[13] Permission denied")
				.withMessageEndingWith("the user or the sandbox of this process is not permitted to write to it"));
			assertThat(receiver.received()).isEmpty();
		}
	}

	private NotifySocket open(String name) throws IOException {
		NotifySocket socket = new NotifySocket(name);
		this.sockets.add(socket);
		return socket;
	}

}
