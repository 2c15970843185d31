package io.github.gracefulboot.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.json.JsonWriter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Verdict}.
 */
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class VerdictTests {

	@TempDir
	private Path directory;

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final ByteArrayOutputStream err = new ByteArrayOutputStream();

	@Test
	void whenAllAreCleanThenItSaysSoAndExitsWithZero() throws IOException {
		write("a", "2026-11-29T12:00:00Z", "2026-11-29T12:00:02Z", "PT2S", "clean");
		write("b", "2026-11-29T12:00:30Z", "2026-11-29T12:00:33.500Z", "PT3.5S", "clean");
		assertThat(run(this.directory.toString())).isZero();
		assertThat(this.out.toString(StandardCharsets.UTF_8))
			.isEqualToIgnoringNewLines("2 instances stopped within 34 s: 2 clean, 0 forced, 0 unfinished. "
					+ "A stop took 3.5 s in the median, 3.5 s at most. 0 tasks cut off, 0 abandoned.");
	}

	@Test
	void whenOneIsForcedThenItNamesWhatWasLostAndExitsWithOne() throws IOException {
		write("a", "2026-11-29T12:00:00Z", "2026-11-29T12:00:02Z", "PT2S", "clean");
		write("b", "2026-11-29T12:00:30Z", "2026-11-29T12:00:54Z", "PT24S", "forced",
				List.of(Map.of("how", "cut-off", "what", "POST /orders\u001b[2J", "stack", List.of())));
		assertThat(run(this.directory.toString())).isOne();
		assertThat(this.out.toString(StandardCharsets.UTF_8)).contains("1 clean, 1 forced, 0 unfinished")
			.contains("1 task cut off")
			.contains("orders on b (pid 1) forced after 24 s (" + this.directory.resolve("stop-b.json"))
			.contains("cut-off: POST /orders?[2J");
	}

	@Test
	void whenOneWasKilledThenItIsNoSuccess() throws IOException {
		write("a", "2026-11-29T12:00:00Z", "2026-11-29T12:00:09Z", "PT9S", "unfinished");
		assertThat(run(this.directory.toString())).isOne();
		assertThat(this.out.toString(StandardCharsets.UTF_8)).startsWith("1 instance stopped within 9.0 s")
			.contains("1 unfinished");
	}

	@Test
	void whenMarkdownIsAskedForThenNamesDoNotBreakTheTable() throws IOException {
		write("a", "2026-11-29T12:00:00Z", "2026-11-29T12:00:24Z", "PT24S", "forced",
				List.of(Map.of("how", "abandoned", "what", "GET /a|b<img src=x>`", "stack", List.of())));
		assertThat(run("--markdown", this.directory.toString())).isOne();
		assertThat(this.out.toString(StandardCharsets.UTF_8)).contains(
				"| orders on a (pid 1) | 2026-11-29T12:00:00Z | forced | 24 s | abandoned: GET /a&#124;b&lt;img src=x>&#96; |");
	}

	@Test
	void whenReportsAreMissingThenItIsNoSuccess() throws IOException {
		write("a", "2026-11-29T12:00:00Z", "2026-11-29T12:00:02Z", "PT2S", "clean");
		assertThat(run("--expect=2", this.directory.toString())).isEqualTo(2);
		assertThat(this.err.toString(StandardCharsets.UTF_8))
			.contains("2 instances were expected to report, and 1 have");
		assertThat(run("--expect=1", this.directory.toString())).isZero();
	}

	@Test
	void whenReportsAreOlderThenTheyAreLeftOut() throws IOException {
		write("a", "2026-11-28T12:00:00Z", "2026-11-28T12:00:24Z", "PT24S", "forced");
		write("b", "2026-11-29T12:00:00Z", "2026-11-29T12:00:02Z", "PT2S", "clean");
		assertThat(run("--since=2026-11-29T00:00:00Z", this.directory.toString())).isZero();
		assertThat(run("--since=yesterday", this.directory.toString())).isEqualTo(2);
	}

	@Test
	void whenThereIsNothingToReadThenItSaysWhat() throws IOException {
		assertThat(run()).isEqualTo(2);
		assertThat(run("--nonsense")).isEqualTo(2);
		assertThat(run(this.directory.toString())).isEqualTo(2);
		assertThat(run(this.directory.resolve("none").toString())).isEqualTo(2);
		Path broken = Files.writeString(this.directory.resolve("stop-broken.json"), "{\"version\":1}");
		assertThat(run(broken.toString())).isEqualTo(2);
		Path newer = Files.writeString(this.directory.resolve("stop-newer.json"), "{\"version\":2}");
		assertThat(run(newer.toString())).isEqualTo(2);
		assertThat(this.err.toString(StandardCharsets.UTF_8)).contains("Usage: ", "There are no reports to judge",
				"none does not exist", "stop-broken.json cannot be read as a report: application is missing",
				"stop-newer.json is not a report of version 1");
	}

	@Test
	void whenAReportIsHostileThenItIsShownAsText() throws IOException {
		String hostile = "\u001b[2Jclean\n| ![x](http://192.0.2.1/x) <b> \\";
		write("a", "2026-11-29T12:00:00Z", "2026-11-29T12:00:24Z", "PT24S", hostile,
				List.of(Map.of("how", hostile, "what", hostile, "stack", List.of())));
		assertThat(run("--markdown", this.directory.toString())).isOne();
		assertThat(run(this.directory.toString())).isOne();
		String text = this.out.toString(StandardCharsets.UTF_8);
		assertThat(text).doesNotContain("\u001b");
		assertThat(text.lines().filter((line) -> line.startsWith("| orders"))).singleElement()
			.asString()
			.doesNotContain("![", "](", "<b>", "\\");
		assertThat(text.lines()).noneMatch((line) -> line.startsWith("| !"));
	}

	@Test
	void whenAReportThatCannotBeReadIsHostileThenItIsNotPutOnTheScreen() throws IOException {
		write("a", "\u001b[2J", "2026-11-29T12:00:24Z", "PT24S", "clean");
		assertThat(run(this.directory.toString())).isEqualTo(2);
		assertThat(this.err.toString(StandardCharsets.UTF_8)).contains("cannot be read as a report")
			.doesNotContain("\u001b");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenAReportWouldNotEndThenItIsNotRead() throws Exception {
		Path pipe = this.directory.resolve("stop-pipe.json");
		assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
		assertThat(run(this.directory.toString())).isEqualTo(2);
		Files.delete(pipe);
		Path endless = this.directory.resolve("stop-long.json");
		try (RandomAccessFile file = new RandomAccessFile(endless.toFile(), "rw")) {
			file.setLength(4L << 30);
		}
		assertThat(run(this.directory.toString())).isEqualTo(2);
		assertThat(this.err.toString(StandardCharsets.UTF_8)).contains("stop-pipe.json is no regular file",
				"stop-long.json is longer than any report");
	}

	private int run(String... args) {
		return Verdict.run(args, new PrintStream(this.out), new PrintStream(this.err));
	}

	private void write(String host, String startedAt, String endedAt, String took, String outcome) throws IOException {
		write(host, startedAt, endedAt, took, outcome, List.of());
	}

	private void write(String host, String startedAt, String endedAt, String took, String outcome,
			List<Map<String, Object>> lost) throws IOException {
		Map<String, Object> report = Map.of("version", 1, "application", "orders", "host", host, "pid", 1, "outcome",
				outcome, "startedAt", startedAt, "endedAt", endedAt, "took", took, "lost", lost);
		Files.writeString(this.directory.resolve("stop-" + host + ".json"),
				JsonWriter.<Map<String, Object>>standard().writeToString(report));
	}

}
