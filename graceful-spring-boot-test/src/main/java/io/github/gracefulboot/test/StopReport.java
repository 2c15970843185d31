package io.github.gracefulboot.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonParserFactory;

/**
 * What the kit needs of the report that an application with the starter writes of its
 * shutdown. The fields are those of {@code docs/stop-report.schema.json}.
 *
 * @param outcome {@code clean}, {@code forced} or, of a process that was killed,
 * {@code unfinished}
 * @param stages the stages that have begun, in order
 * @param cutOff the work that did not come to its end
 * @param abandoned the work that the process did not wait for
 */
record StopReport(String outcome, List<StageTime> stages, List<String> cutOff, List<String> abandoned) {

	/**
	 * Reads the report of a process.
	 * @param directory where its reports are
	 * @param pid its process id
	 * @return the report, empty if it has left none
	 */
	static Optional<StopReport> find(Path directory, long pid) {
		if (!Files.isDirectory(directory)) {
			return Optional.empty();
		}
		try (Stream<Path> files = Files.list(directory)) {
			List<Path> newestFirst = files.filter((file) -> file.toString().endsWith(".json"))
				.sorted(Comparator.reverseOrder())
				.toList();
			for (Path file : newestFirst) {
				Map<String, Object> report = JsonParserFactory.getJsonParser().parseMap(Files.readString(file));
				if (report.get("pid") instanceof Number reported && reported.longValue() == pid) {
					return Optional.of(of(report));
				}
			}
			return Optional.empty();
		}
		catch (IOException | RuntimeException ex) {
			throw new IllegalStateException("The reports in %s cannot be read".formatted(directory), ex);
		}
	}

	private static StopReport of(Map<String, Object> report) {
		return new StopReport(text(report, "outcome"),
				objects(report.get("stages")).stream().map(StopReport::stage).toList(), lost(report, "cut-off"),
				lost(report, "abandoned"));
	}

	private static StageTime stage(Map<?, ?> stage) {
		return new StageTime(text(stage, "stage"), Instant.parse(text(stage, "startedAt")),
				(stage.get("took") != null) ? Duration.parse(text(stage, "took")) : Duration.ZERO,
				(stage.get("because") != null) ? text(stage, "because") : "");
	}

	private static List<String> lost(Map<String, Object> report, String how) {
		return objects(report.get("lost")).stream()
			.filter((lost) -> text(lost, "how").equals(how))
			.map((lost) -> text(lost, "what"))
			.toList();
	}

	private static List<Map<?, ?>> objects(@Nullable Object list) {
		return (list instanceof List<?> all) ? all.stream().<Map<?, ?>>map((one) -> (Map<?, ?>) one).toList()
				: List.of();
	}

	private static String text(Map<?, ?> object, String name) {
		return String.valueOf(object.get(name));
	}

}
