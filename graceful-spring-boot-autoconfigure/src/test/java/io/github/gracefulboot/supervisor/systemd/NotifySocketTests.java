package io.github.gracefulboot.supervisor.systemd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Background;
import io.github.gracefulboot.supervisor.posix.DatagramReceiver;
import io.github.gracefulboot.supervisor.posix.OpenDescriptors;
import io.github.gracefulboot.supervisor.posix.Unprivileged;
import org.awaitility.Awaitility;
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

	private static final Duration SOON = Duration.ofSeconds(10);

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

	@Test
	void whenReceiverClosesTheDescriptorThenTheBarrierIsOver() throws Exception {
		String name = this.directory.resolve("notify").toString();
		try (DatagramReceiver receiver = new DatagramReceiver(name)) {
			NotifySocket socket = open(name);
			CompletableFuture<Boolean> barrier = Background.supply(() -> barrier(socket, SOON));
			Awaitility.await().atMost(SOON).until(receiver::received, (received) -> received.contains("BARRIER=1"));
			assertThat(barrier).isNotDone();
			assertThat(receiver.closeReceivedDescriptors()).isEqualTo(1);
			assertThat(barrier.get(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	void whenReceiverIgnoresTheBarrierThenItIsOverInTimeAndLeavesNothingOpen() throws Exception {
		String name = this.directory.resolve("notify").toString();
		try (DatagramReceiver receiver = new DatagramReceiver(name)) {
			NotifySocket socket = open(name);
			Set<String> before = OpenDescriptors.of("pipe:");
			assertThat(socket.barrier(Duration.ofMillis(50))).isFalse();
			assertThat(OpenDescriptors.of("pipe:")).isEqualTo(before);
			assertThat(receiver.received()).containsExactly("BARRIER=1");
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
			.withMessageEndingWith("is longer than the 107 bytes of a socket's name");
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
		assertThatIOException().isThrownBy(() -> socket.barrier(SOON))
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
				.withMessageEndingWith("the user of this process or its sandbox may not write to it"));
			assertThat(receiver.received()).isEmpty();
		}
	}

	private NotifySocket open(String name) throws IOException {
		NotifySocket socket = new NotifySocket(name);
		this.sockets.add(socket);
		return socket;
	}

	private static boolean barrier(NotifySocket socket, Duration atMost) {
		try {
			return socket.barrier(atMost);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
