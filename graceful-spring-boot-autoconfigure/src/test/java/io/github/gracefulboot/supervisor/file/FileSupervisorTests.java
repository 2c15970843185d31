package io.github.gracefulboot.supervisor.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import io.github.gracefulboot.Background;
import io.github.gracefulboot.posix.Unprivileged;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link FileSupervisor}.
 */
class FileSupervisorTests {

	private static final String CONTENT = ProcessHandle.current().pid() + "\n";

	private static final int READS = 300;

	@TempDir
	private Path directory;

	@Test
	void whenReadinessChangesThenTheFileIsThereExactlyWhileReady() throws IOException {
		Path path = this.directory.resolve("new/directory/ready");
		FileSupervisor supervisor = new FileSupervisor(path, false);
		supervisor.open();
		assertThat(path).doesNotExist();
		supervisor.readiness(true);
		assertThat(path).hasContent(CONTENT);
		supervisor.readiness(false);
		assertThat(path).doesNotExist();
		supervisor.readiness(true);
		supervisor.ready();
		assertThat(path).hasContent(CONTENT);
		supervisor.stopping();
		supervisor.readiness(false);
		assertThat(path.getParent()).isEmptyDirectory();
	}

	@Test
	void whenKilledProcessLeftAFileThenItIsDeletedAtTheStart() throws IOException {
		Path path = Files.writeString(this.directory.resolve("ready"), "4711\n");
		new FileSupervisor(path, false).open();
		assertThat(path).doesNotExist();
	}

	@Test
	void whenTheProcessBeforeStillServesThenItsFileStaysUntilThisOneDoes() throws Exception {
		Process before = new ProcessBuilder("sleep", "60").start();
		try {
			Path path = Files.writeString(this.directory.resolve("ready"), before.pid() + "\n");
			FileSupervisor supervisor = new FileSupervisor(path, true);
			supervisor.open();
			assertThat(path).hasContent(before.pid() + "\n");
			supervisor.readiness(true);
			assertThat(path).hasContent(CONTENT);
		}
		finally {
			before.destroy();
		}
	}

	@Test
	void whenTheProcessBeforeServesButNothingIsHandedOverThenItsFileIsDeleted() throws Exception {
		Process before = new ProcessBuilder("sleep", "60").start();
		try {
			Path path = Files.writeString(this.directory.resolve("ready"), before.pid() + "\n");
			new FileSupervisor(path, false).open();
			assertThat(path).doesNotExist();
		}
		finally {
			before.destroy();
		}
	}

	@Test
	void whenTheProcessBeforeIsGoneThenItsFileIsDeletedAtTheStart() throws Exception {
		Process before = new ProcessBuilder("true").start();
		before.waitFor();
		Path path = Files.writeString(this.directory.resolve("ready"), before.pid() + "\n");
		new FileSupervisor(path, true).open();
		assertThat(path).doesNotExist();
	}

	@Test
	void whenFileNamesThisProcessOrNoneThenItIsDeletedAtTheStart() throws Exception {
		Path path = this.directory.resolve("ready");
		FileSupervisor supervisor = new FileSupervisor(path, true);
		supervisor.open();
		for (byte[] content : List.of(CONTENT.getBytes(StandardCharsets.UTF_8), new byte[0],
				"nonsense".getBytes(StandardCharsets.UTF_8), new byte[] { (byte) 0xff, (byte) 0xfe })) {
			Files.write(path, content);
			supervisor.open();
			assertThat(path).doesNotExist();
		}
	}

	@Test
	void whenAnotherProcessServesThenTheFileIsLeftToIt() throws Exception {
		Path path = this.directory.resolve("ready");
		FileSupervisor supervisor = new FileSupervisor(path, true);
		supervisor.open();
		supervisor.readiness(true);
		Files.writeString(path, "4711\n");
		supervisor.handedOver(4711);
		assertThat(path).hasContent("4711\n");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenOthersLeftLinksInTheDirectoryThenNoneIsFollowed() throws IOException {
		Path precious = Files.writeString(this.directory.resolve("precious"), "precious");
		Path path = Files.createSymbolicLink(this.directory.resolve("ready"), precious);
		FileSupervisor supervisor = new FileSupervisor(path, true);
		supervisor.open();
		assertThat(path).doesNotExist();
		Files.createSymbolicLink(path, precious);
		Files.createSymbolicLink(this.directory.resolve(".ready." + ProcessHandle.current().pid()), precious);
		supervisor.readiness(true);
		assertThat(path).isRegularFile().hasContent(CONTENT);
		assertThat(Files.isSymbolicLink(path)).isFalse();
		assertThat(precious).hasContent("precious");
	}

	@Test
	void whenTheFileCannotTakeItsPlaceThenNothingOfItIsLeft() throws IOException {
		Path path = this.directory.resolve("ready");
		FileSupervisor supervisor = new FileSupervisor(path, true);
		supervisor.open();
		Files.writeString(Files.createDirectory(path).resolve("other"), "content");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> supervisor.readiness(true));
		assertThat(Files.list(this.directory)).containsExactly(path);
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
	void whenReadingTheFileWouldNotEndThenItIsNotRead() throws Exception {
		Path path = this.directory.resolve("ready");
		assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
		new FileSupervisor(path, true).open();
		assertThat(path).doesNotExist();
	}

	@Test
	void whenFileIsSeenThenItIsComplete() throws Exception {
		Path path = this.directory.resolve("ready");
		FileSupervisor supervisor = new FileSupervisor(path, false);
		List<String> seen = new ArrayList<>();
		AtomicBoolean enough = new AtomicBoolean();
		CompletableFuture<?> flips = Background.run(() -> flip(supervisor, enough));
		while (seen.size() < READS && !flips.isDone()) {
			read(path, seen);
		}
		enough.set(true);
		flips.get(10, TimeUnit.SECONDS);
		assertThat(seen).hasSize(READS).containsOnly(CONTENT);
	}

	@Test
	void whenPathIsADirectoryThenItIsRefusedAndStays() throws IOException {
		Path empty = Files.createDirectory(this.directory.resolve("empty"));
		assertThatExceptionOfType(IOException.class).isThrownBy(new FileSupervisor(empty, false)::open)
			.withMessageStartingWith("graceful.supervisor.file.path=%s cannot be used", empty)
			.withMessageContaining("specify a file");
		assertThat(empty).isEmptyDirectory();
		Path full = Files.writeString(empty.resolve("data"), "precious");
		assertThatExceptionOfType(IOException.class).isThrownBy(new FileSupervisor(empty, false)::open)
			.withMessageContaining("specify a file");
		assertThat(full).exists();
	}

	@Test
	void whenDirectoryCannotBeMadeThenSaysWhatToDo() throws IOException {
		Path file = Files.writeString(this.directory.resolve("data"), "precious");
		FileSupervisor supervisor = new FileSupervisor(file.resolve("ready"), false);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
			supervisor.open();
			supervisor.readiness(true);
		}).withMessageContaining("specify a file in a directory to which this process may write");
		assertThat(file).hasContent("precious");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenDirectoryIsNotWritableThenSaysWhatToDo() throws Throwable {
		FileSupervisor supervisor = new FileSupervisor(this.directory.resolve("ready"), false);
		Files.setPosixFilePermissions(this.directory, Set.of());
		try {
			Unprivileged
				.run(() -> assertThatExceptionOfType(IOException.class).isThrownBy(() -> supervisor.readiness(true))
					.withMessageContaining("AccessDenied")
					.withMessageContaining("specify a file in a directory to which this process may write"));
		}
		finally {
			Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwx------"));
		}
		try (Stream<Path> files = Files.list(this.directory)) {
			assertThat(files).isEmpty();
		}
	}

	private static void flip(FileSupervisor supervisor, AtomicBoolean enough) {
		try {
			while (!enough.get()) {
				supervisor.readiness(true);
				supervisor.readiness(false);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void read(Path path, List<String> seen) throws IOException {
		try {
			seen.add(Files.readString(path));
		}
		catch (NoSuchFileException ex) {
			// Not ready
		}
	}

}
