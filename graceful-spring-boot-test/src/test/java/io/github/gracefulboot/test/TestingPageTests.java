package io.github.gracefulboot.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import io.github.gracefulboot.test.balancer.RunningBalancer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code docs/testing.md} shows what is compiled and run.
 */
class TestingPageTests {

	private static final Path PAGE = Path.of("..", "docs", "testing.md");

	private static final List<Path> SOURCES = List.of(
			Path.of("src/test/java/io/github/gracefulboot/test/PageExamples.java"),
			Path.of("../sample-app/src/test/java/io/github/gracefulboot/sample/SampleRestartTests.java"));

	private static final Pattern EXAMPLE = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

	@Test
	void eachExampleIsCompiled() throws IOException {
		String sources = "";
		for (Path source : SOURCES) {
			sources += normalized(Files.readString(source)).replace("this.fleet", "fleet");
		}
		List<String> examples = EXAMPLE.matcher(Files.readString(PAGE))
			.results()
			.map((MatchResult result) -> normalized(result.group(1)))
			.toList();
		assertThat(examples).hasSizeGreaterThan(4);
		assertThat(sources).contains(examples);
	}

	@Test
	void theExampleWithoutProcessesHolds() {
		new PageExamples() {

			@Override
			boolean rowExists(long number) {
				throw new UnsupportedOperationException();
			}

			@Override
			RunningBalancer startEnvoy(List<Integer> ports) {
				throw new UnsupportedOperationException();
			}

		}.withoutProcesses();
	}

	private static String normalized(String code) {
		return code.replaceAll("\\s+", "");
	}

}
