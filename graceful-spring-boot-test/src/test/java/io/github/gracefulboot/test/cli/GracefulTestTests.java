package io.github.gracefulboot.test.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link GracefulTest}.
 */
class GracefulTestTests {

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final ByteArrayOutputStream err = new ByteArrayOutputStream();

	@TempDir
	private Path directory;

	@AfterEach
	void resetDirectory() {
		System.clearProperty("graceful.test.directory");
	}

	@Test
	void whenAProgramDropsRequestsThenExitsWithOne() {
		assertThat(run("--get", "/fast", "--restarts", "2", "--ready-when-listening")).isEqualTo(1);
		assertThat(this.out.toString()).contains("REFUSED while starting, lost", "SIGTERM: no report, exit code 143")
			.contains("| after | | answered | failed |");
		assertThat(this.directory.resolve("fleet/result.md")).exists();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			--get                                 | --get needs a value
			--wrong 1                             | There is no option --wrong
			--command x                           | What is sent is told by --get or --post
			--command cd&&x --get /               | say exec before the program
			--get /                               | either --command or --jar
			--command x --jar y --get /           | either --command or --jar
			--jar /nowhere.jar --get /            | /nowhere.jar is no file
			--command x --get / --instances two   | --instances two cannot be read
			--command x --get / --property a      | --property a is not NAME=VALUE
			--command x --get / --kill-after soon | --kill-after soon cannot be read
			""")
	void whenTheCommandLineIsWrongThenSaysWhatToDo(String line, String message) {
		assertThat(runWith(List.of(line.split(" ")))).isEqualTo(2);
		assertThat(this.err.toString()).contains(message);
	}

	@Test
	void whenHelpIsAskedForThenAllOptionsAreShown() {
		assertThat(runWith(List.of("--help"))).isZero();
		assertThat(this.out.toString()).contains("--command COMMAND", "--at-least N");
	}

	private int run(String... options) {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		String command = "GREETING=hello %s -XX:TieredStopAtLevel=1 -cp '%s' io.github.gracefulboot.test.FakeApp"
			.formatted(java, System.getProperty("java.class.path"));
		List<String> args = new ArrayList<>(List.of("--command", command, "--output=" + this.directory));
		args.addAll(List.of(options));
		return runWith(args);
	}

	private int runWith(List<String> args) {
		return GracefulTest.run(args.toArray(String[]::new), new PrintStream(this.out, true, StandardCharsets.UTF_8),
				new PrintStream(this.err, true, StandardCharsets.UTF_8));
	}

}
