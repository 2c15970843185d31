package io.github.gracefulboot.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import io.github.gracefulboot.posix.UnixSocket.Message;
import io.github.gracefulboot.posix.UnixSocket.Peer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link UnixSocket}.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(30)
class UnixSocketTests {

	private static final int ROOT = 0;

	@TempDir
	private Path directory;

	@Test
	void whenSeveralMessagesAreSentThenTheyAreKeptApart() throws Exception {
		try (UnixSocketPair sockets = new UnixSocketPair()) {
			sockets.one().send("welcome 1");
			sockets.one().send("léaving");
			assertThat(receive(sockets.other())).isEqualTo("welcome 1");
			assertThat(receive(sockets.other())).isEqualTo("léaving");
		}
	}

	@Test
	void whenThereIsNoMessageThenFailsRatherThanWaits() {
		try (UnixSocketPair sockets = new UnixSocketPair()) {
			assertThatIOException().isThrownBy(() -> sockets.one().receive());
		}
	}

	@Test
	void whenDescriptorsArePassedThenTheyAreOfTheSameFilesUnderOtherNumbers() throws Exception {
		try (UnixSocketPair sockets = new UnixSocketPair();
				Pipe pipe = new Pipe();
				SocketPair pair = new SocketPair()) {
			sockets.one().send("these", pipe.descriptor(), pair.descriptor());
			Message message = sockets.other().receive();
			assertThat(message).isNotNull();
			int[] received = message.descriptors();
			try {
				assertThat(message.text()).isEqualTo("these");
				assertThat(received).hasSize(2).doesNotContain(pipe.descriptor(), pair.descriptor());
				assertThat(file(received[0])).isEqualTo(file(pipe.descriptor())).startsWith("pipe:");
				assertThat(file(received[1])).isEqualTo(file(pair.descriptor())).startsWith("socket:");
			}
			finally {
				close(received);
			}
		}
	}

	@Test
	void whenMessageComesWithoutDescriptorsThenThereAreNone() throws Exception {
		try (UnixSocketPair sockets = new UnixSocketPair()) {
			sockets.one().send("none");
			Message message = sockets.other().receive();
			assertThat(message).isNotNull();
			assertThat(message.descriptors()).isEmpty();
		}
	}

	@Test
	void whenOtherEndIsClosedThenItsMessagesAreReceivedAndThenTheEnd() throws Exception {
		try (UnixSocketPair sockets = new UnixSocketPair()) {
			sockets.other().send("last words");
			sockets.closeOther();
			assertThat(receive(sockets.one())).isEqualTo("last words");
			assertThat(sockets.one().receive()).isNull();
			assertThat(sockets.one().receive()).isNull();
		}
	}

	@Test
	void whenOtherEndIsClosedWithUnreadMessagesThenItsOwnAreReceivedAllTheSame() throws Exception {
		try (UnixSocketPair sockets = new UnixSocketPair()) {
			sockets.one().send("unread");
			sockets.other().send("last words");
			sockets.closeOther();
			assertThat(receive(sockets.one())).isEqualTo("last words");
			assertThat(sockets.one().receive()).isNull();
		}
	}

	@Test
	void whenOtherEndIsClosedThenNothingCanBeSent() {
		try (UnixSocketPair sockets = new UnixSocketPair()) {
			sockets.closeOther();
			assertThatIOException().isThrownBy(() -> sockets.one().send("hello"));
		}
	}

	@Test
	void whenOtherEndDoesNotReadThenFailsRatherThanWaits() {
		try (UnixSocketPair sockets = new UnixSocketPair()) {
			assertThatIOException().isThrownBy(() -> {
				while (true) {
					sockets.one().send("hello");
				}
			});
		}
	}

	@Test
	void whenMessageIsTooLongThenItIsRefusedAndItsDescriptorsAreClosed() throws Exception {
		try (UnixSocketPair sockets = new UnixSocketPair(); Pipe pipe = new Pipe()) {
			String file = file(pipe.descriptor());
			int before = OpenDescriptors.of(file).size();
			sockets.one().send("x".repeat(UnixSocket.LONGEST_MESSAGE + 1), pipe.descriptor());
			assertThatIOException().isThrownBy(() -> sockets.other().receive())
				.withMessageStartingWith("The message is too long");
			assertThat(OpenDescriptors.of(file)).hasSize(before);
			sockets.one().send("x".repeat(UnixSocket.LONGEST_MESSAGE));
			assertThat(receive(sockets.other())).hasSize(UnixSocket.LONGEST_MESSAGE);
		}
	}

	@Test
	void whenThereIsNoFileThenNobodyListens() throws Exception {
		assertThat(UnixSocket.connect(this.directory.resolve("none"))).isNull();
	}

	@Test
	void whenSocketIsOnlyBoundThenNobodyListensYet() throws Exception {
		Path path = this.directory.resolve("socket");
		try (UnixSocket socket = UnixSocket.bind(path)) {
			assertThat(path).exists();
			assertThat(UnixSocket.connect(path)).isNull();
			socket.listen(1);
			try (UnixSocket client = UnixSocket.connect(path)) {
				assertThat(client).isNotNull();
			}
		}
	}

	@Test
	void whenWhoListenedIsGoneThenNobodyListens() throws Exception {
		Path path = this.directory.resolve("socket");
		listen(path).close();
		assertThat(path).exists();
		assertThat(UnixSocket.connect(path)).isNull();
	}

	@Test
	void whenFileExistsThenCannotBeBound() throws Exception {
		Path path = Files.createFile(this.directory.resolve("file"));
		assertThatIOException().isThrownBy(() -> UnixSocket.bind(path));
	}

	@Test
	void whenNothingIsFoundThenNothingStaysOpen() throws Exception {
		Path stale = this.directory.resolve("socket");
		listen(stale).close();
		int before = OpenDescriptors.of("socket:").size();
		for (int i = 0; i < 50; i++) {
			assertThat(UnixSocket.connect(stale)).isNull();
			assertThatIOException().isThrownBy(() -> UnixSocket.bind(stale));
		}
		assertThat(OpenDescriptors.of("socket:")).hasSizeLessThan(before + 50);
	}

	@Test
	void whenConnectedThenEachEndKnowsWhoTheOtherIs() throws Exception {
		Path path = this.directory.resolve("socket");
		Peer self = new Peer(ProcessHandle.current().pid(), CLibrary.load().geteuid());
		try (UnixSocket listener = listen(path);
				UnixSocket client = UnixSocket.connect(path);
				UnixSocket accepted = listener.acceptNow()) {
			assertThat(client).isNotNull();
			assertThat(accepted).isNotNull();
			assertThat(accepted.peer()).isEqualTo(self);
			assertThat(client.peer()).isEqualTo(self);
			client.send("hello");
			client.send("again");
			assertThat(receive(accepted)).isEqualTo("hello");
			assertThat(receive(accepted)).isEqualTo("again");
		}
	}

	@Test
	void whenNobodyWaitsToBeAcceptedThenReturnsAtOnce() throws Exception {
		try (UnixSocket listener = listen(this.directory.resolve("socket"))) {
			assertThat(listener.acceptNow()).isNull();
		}
	}

	@Test
	void whenSocketIsItsOwnersOnlyThenAnotherUserCannotConnect() throws Throwable {
		Assumptions.assumeTrue(CLibrary.load().geteuid() == ROOT, "only root can be another user");
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		Path path = this.directory.resolve("socket");
		try (UnixSocket listener = listen(path)) {
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
			Unprivileged.run(() -> {
				try (UnixSocket client = UnixSocket.connect(path)) {
					assertThat(client).isNotNull();
				}
			});
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
			Unprivileged.run(() -> assertThatIOException().isThrownBy(() -> UnixSocket.connect(path))
				.withMessageContaining("Permission denied"));
		}
	}

	private static UnixSocket listen(Path path) throws IOException {
		UnixSocket socket = UnixSocket.bind(path);
		socket.listen(4);
		return socket;
	}

	private static String receive(UnixSocket socket) throws IOException {
		Message message = socket.receive();
		assertThat(message).isNotNull();
		return message.text();
	}

	private static String file(int descriptor) throws IOException {
		return new Descriptor(descriptor, "the test").file();
	}

	private static void close(int... descriptors) {
		for (int descriptor : descriptors) {
			TestLibrary.INSTANCE.close(descriptor);
		}
	}

}
