package io.github.gracefulboot.handover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.handover.Rendezvous.Meeting;
import io.github.gracefulboot.posix.UnixSocket;
import io.github.gracefulboot.posix.Unprivileged;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Rendezvous}.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class RendezvousTests {

	private static final String ONLY_OWNER = "rw-------";

	@TempDir
	private Path directory;

	@Test
	void whenNobodyIsThereThenListensForItsUserOnly() throws Exception {
		Path path = path();
		try (UnixSocket listener = listen(path)) {
			assertThat(permissions(path)).isEqualTo(ONLY_OWNER);
			assertThat(permissions(this.directory.resolve("handover.sock.lock"))).isEqualTo(ONLY_OWNER);
			assertThat(listener.acceptNow()).isNull();
		}
	}

	@Test
	void whenSomebodyIsThereThenTalksToIt() throws Exception {
		Path path = path();
		try (UnixSocket listener = listen(path)) {
			Meeting meeting = new Rendezvous(path).meet();
			assertThat(meeting.listener()).isNull();
			Conversation conversation = meeting.other();
			assertThat(conversation).isNotNull();
			assertThat(conversation.pid()).isEqualTo(ProcessHandle.current().pid());
			conversation.send("hello");
			try (OtherProcess other = new OtherProcess(listener.acceptNow())) {
				assertThat(other.hear()).isEqualTo("hello");
				conversation.close();
				assertThat(other.hear()).isNull();
			}
		}
	}

	@Test
	void whenWhoWasThereWasKilledThenTakesItsPlace() throws Exception {
		Path path = path();
		listen(path).close();
		assertThat(path).exists();
		try (UnixSocket listener = listen(path); UnixSocket client = UnixSocket.connect(path)) {
			assertThat(client).isNotNull();
			assertThat(permissions(path)).isEqualTo(ONLY_OWNER);
		}
	}

	@Test
	void whenThereIsARegularFileThenItIsRefusedAndStays() throws Exception {
		Path path = Files.writeString(path(), "precious");
		assertRefused(path, "is not a socket");
		assertThat(path).hasContent("precious");
	}

	@Test
	void whenThereIsADirectoryThenItIsRefusedAndStays() throws Exception {
		Path path = Files.createDirectory(path());
		assertRefused(path, "is not a socket");
		assertThat(path).isEmptyDirectory();
	}

	@Test
	void whenThereIsALinkThenItIsRefusedAndStays() throws Exception {
		Path path = Files.createSymbolicLink(path(), this.directory.resolve("nowhere"));
		assertRefused(path, "is not a socket");
		assertThat(path).isSymbolicLink();
	}

	@Test
	void whenTheLockIsALinkThenItIsNotFollowed() throws Exception {
		Path elsewhere = this.directory.resolve("elsewhere");
		Path lock = Files.createSymbolicLink(this.directory.resolve("handover.sock.lock"), elsewhere);
		assertRefused(path(), lock + ": is no regular file");
		new Rendezvous(path()).delete();
		assertThat(elsewhere).doesNotExist();
		assertThat(lock).isSymbolicLink();
	}

	@Test
	@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
	void whenTheLockIsAPipeThenNobodyWaitsForItsOtherEnd() throws Exception {
		Path lock = this.directory.resolve("handover.sock.lock");
		assertThat(new ProcessBuilder("mkfifo", lock.toString()).start().waitFor()).isZero();
		assertRefused(path(), lock + ": is no regular file");
	}

	@Test
	void whenEverybodyMayWriteToTheDirectoryThenSaysSo(CapturedOutput output) throws Exception {
		new Rendezvous(path());
		assertThat(output).doesNotContain("may write to its directory");
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxrwxrwx"));
		new Rendezvous(path());
		assertThat(output)
			.contains("graceful.handover.path=%s: every user may write to its directory".formatted(path()));
	}

	@Test
	void whenThereIsNoDirectoryThenSaysWhatToDo() {
		assertRefused(this.directory.resolve("missing/handover.sock"), "NoSuchFileException");
	}

	@Test
	void whenDirectoryIsNotWritableThenSaysWhatToDo() throws Throwable {
		Path path = path();
		Files.setPosixFilePermissions(this.directory, Set.of());
		try {
			Unprivileged.run(() -> assertRefused(path, "AccessDeniedException"));
		}
		finally {
			Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwx------"));
		}
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void whenPathIsTooLongThenSaysHowLongItMayBe() throws Exception {
		Path longest = ofLength(UnixSocket.LONGEST_PATH);
		try (UnixSocket listener = listen(longest); UnixSocket client = UnixSocket.connect(longest)) {
			assertThat(client).isNotNull();
		}
		Path tooLong = ofLength(UnixSocket.LONGEST_PATH + 1);
		assertThatExceptionOfType(HandOverFailedException.class).isThrownBy(() -> new Rendezvous(tooLong))
			.withMessage("graceful.handover.path=%s is 108 bytes long, and a socket's path can have 107 at the most.",
					tooLong)
			.satisfies((failure) -> assertThat(failure.action()).contains("shorter path"));
	}

	@Test
	void whenSeveralComeAtOnceThenExactlyOneListens() throws Exception {
		int count = 8;
		Path path = path();
		ExecutorService threads = Executors.newFixedThreadPool(count);
		CyclicBarrier start = new CyclicBarrier(count);
		try {
			List<Future<Meeting>> meetings = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				meetings.add(threads.submit(() -> {
					start.await();
					return new Rendezvous(path).meet();
				}));
			}
			int listening = 0;
			List<UnixSocket> listeners = new ArrayList<>();
			for (Future<Meeting> meeting : meetings) {
				Meeting met = meeting.get(20, TimeUnit.SECONDS);
				if (met.listener() != null) {
					listening++;
					listeners.add(met.listener());
				}
				else {
					met.other().close();
				}
			}
			listeners.forEach(UnixSocket::close);
			assertThat(listening).isOne();
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void whenNobodyListensAnyMoreThenThePathIsDeleted() throws Exception {
		Path path = path();
		listen(path).close();
		new Rendezvous(path).delete();
		assertThat(path).doesNotExist();
		new Rendezvous(path).delete();
		assertThat(path).doesNotExist();
	}

	@Test
	void whenSomebodyListensThenThePathIsNotDeleted() throws Exception {
		Path path = path();
		try (UnixSocket listener = listen(path)) {
			new Rendezvous(path).delete();
			assertThat(path).exists();
			try (UnixSocket client = UnixSocket.connect(path)) {
				assertThat(client).isNotNull();
			}
		}
	}

	@Test
	void whenThereIsNothingToDeleteThenThatIsNoFailure() {
		Path path = this.directory.resolve("missing/handover.sock");
		new Rendezvous(path).delete();
		assertThat(path.getParent()).doesNotExist();
	}

	private Path path() {
		return this.directory.resolve("handover.sock");
	}

	private Path ofLength(int length) {
		return this.directory.resolve("x".repeat(length - this.directory.toString().length() - 1));
	}

	private static UnixSocket listen(Path path) {
		Meeting meeting = new Rendezvous(path).meet();
		assertThat(meeting.other()).isNull();
		UnixSocket listener = meeting.listener();
		assertThat(listener).isNotNull();
		return listener;
	}

	private static void assertRefused(Path path, String reason) {
		assertThatExceptionOfType(HandOverFailedException.class).isThrownBy(() -> new Rendezvous(path).meet())
			.withMessageStartingWith("graceful.handover.path=%s cannot be used: ", path)
			.withMessageContaining(reason)
			.satisfies((failure) -> assertThat(failure.action())
				.contains("Set graceful.handover.path to a path in a directory that exists and belongs to the user"));
	}

	private static String permissions(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

}
