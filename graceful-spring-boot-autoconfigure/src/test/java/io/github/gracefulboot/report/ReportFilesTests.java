package io.github.gracefulboot.report;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReportFiles} in a directory to which others may write, too.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class ReportFilesTests {

	private static final Instant STARTED = Instant.parse("2026-01-02T03:04:05.678Z");

	private static final String NAME = "stop-20260102T030405.678Z-web-1-4711";

	private static final StopReport REPORT = new StopReport(Map.of("version", 1, "outcome", "clean", "reason",
			"sigterm", "startedAt", STARTED, "took", "PT1S", "line", "Shutdown completed"));

	@TempDir
	private Path directory;

	@TempDir
	private Path elsewhere;

	@Test
	void whenTheDirectoryIsMadeThenOthersDoNotReadIt() throws IOException {
		Path made = this.directory.resolve("stops");
		files(made).check();
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made))).startsWith("rwx")
			.endsWith("---");
	}

	@Test
	void whenSomethingIsWhereAReportIsWrittenFirstThenItIsNotFollowed() throws IOException {
		Path precious = Files.writeString(this.elsewhere.resolve("precious"), "precious");
		for (String suffix : List.of(".json", ".html")) {
			Files.createSymbolicLink(this.directory.resolve("." + NAME + suffix + ".tmp"), precious);
		}
		files(this.directory).write(STARTED, REPORT);
		assertThat(precious).hasContent("precious");
		assertThat(this.directory.resolve(NAME + ".json")).isRegularFile().content().contains("\"outcome\":\"clean\"");
		assertThat(this.directory.resolve(NAME + ".html")).isRegularFile();
	}

	@Test
	void whenFilesOfOthersAreThereThenTheyAreNeitherReadNorDeleted() throws Exception {
		Path precious = Files.writeString(this.elsewhere.resolve("precious"), "precious");
		Path pipe = this.directory.resolve("stop-20200101T000000.000Z-web-1-1.json");
		assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
		Path link = Files.createSymbolicLink(this.directory.resolve("stop-20200102T000000.000Z-web-1-1.json"),
				precious);
		Path folder = Files.createDirectory(this.directory.resolve("stop-20200103T000000.000Z-web-1-1.json"));
		Path named = Files.writeString(this.directory.resolve("stop-all-web-1-orders.json"), "{}");
		ReportFiles files = files(this.directory);
		assertThat(files.last()).isNull();
		files.write(STARTED, REPORT);
		files.write(STARTED.plusSeconds(1), REPORT);
		files.rotate();
		assertThat(List.of(pipe, link, folder, named, precious))
			.allMatch((file) -> Files.exists(file, LinkOption.NOFOLLOW_LINKS));
		assertThat(this.directory.resolve(NAME + ".json")).doesNotExist();
		assertThat(files.last().outcome()).isEqualTo("clean");
	}

	@Test
	void whenTheLastReportWouldFillTheMemoryThenItIsNotRead() throws IOException {
		try (RandomAccessFile file = new RandomAccessFile(this.directory.resolve(NAME + ".json").toFile(), "rw")) {
			file.setLength(4L << 30);
		}
		assertThat(files(this.directory).last()).isNull();
	}

	private static ReportFiles files(Path directory) {
		return new ReportFiles(directory, 1, new Instance("orders", "web-1", 4711));
	}

}
