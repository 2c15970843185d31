package io.github.gracefulboot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps README and the pages in {@code docs} true to the code and to each other.
 */
class DocumentationTests {

	private static final String UPDATE = "graceful.docs.update";

	private static final Path ROOT = Path.of("..");

	private static final Path CONFIGURATION = ROOT.resolve("docs/configuration.md");

	private static final Set<String> METERS = Set.of("graceful.ready.time", "graceful.shutdown",
			"graceful.shutdown.stage", "graceful.shutdowns", "graceful.stage", "graceful.stage.active",
			"graceful.startup.check", "graceful.tasks.abandoned", "graceful.tasks.active", "graceful.tasks.lost");

	private static final Pattern LINK = Pattern.compile("(?:\\]\\(|(?:href|src|srcset)=\")([^)\"\\s]+)[)\"]");

	private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

	private static final Pattern PROPERTY = Pattern
		.compile("\\b(?:management\\.[a-z]+\\.)?graceful(?:\\.[a-z][a-z0-9-]*)+(?=(?:=[^\\s`]*)?`|=)");

	@Test
	void theConfigurationPageMatchesTheProperties() throws IOException {
		String page = ConfigurationPage.generate();
		if (Boolean.getBoolean(UPDATE)) {
			Files.writeString(CONFIGURATION, page);
		}
		assertThat(Files.exists(CONFIGURATION) ? Files.readString(CONFIGURATION) : "")
			.as("docs/configuration.md; to write it anew: ./mvnw -pl graceful-spring-boot-autoconfigure test "
					+ "-Dtest=DocumentationTests -D" + UPDATE + "=true")
			.isEqualTo(page);
	}

	@Test
	void everyRelativeLinkLeadsSomewhere() throws IOException {
		List<String> broken = new ArrayList<>();
		for (Path page : pages()) {
			for (String link : find(LINK, withoutCode(page))) {
				if (!link.matches("[a-z]+:.*") && !exists(page, link)) {
					broken.add(ROOT.relativize(page) + " -> " + link);
				}
			}
		}
		assertThat(broken).isEmpty();
	}

	@Test
	void everyPropertyNamedInThePagesExists() throws IOException {
		Set<String> unknown = new TreeSet<>();
		List<String> names = ConfigurationPage.names();
		for (Path page : pages()) {
			for (String name : find(PROPERTY, Files.readString(page))) {
				if (!names.contains(name) && !METERS.contains(name)
						&& !name.matches("graceful[.](system-tests|test)[.].*")
						&& names.stream().noneMatch((known) -> known.startsWith(name + "."))) {
					unknown.add(ROOT.relativize(page) + ": " + name);
				}
			}
		}
		assertThat(unknown).isEmpty();
	}

	private static List<Path> pages() throws IOException {
		try (Stream<Path> docs = Files.walk(ROOT.resolve("docs")); Stream<Path> top = Files.list(ROOT)) {
			return Stream.concat(docs, top).filter((path) -> path.toString().endsWith(".md")).sorted().toList();
		}
	}

	private static boolean exists(Path page, String link) throws IOException {
		int hash = link.indexOf('#');
		String file = (hash < 0) ? link : link.substring(0, hash);
		Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
		if (!Files.exists(target)) {
			return false;
		}
		return hash < 0 || find(HEADING, withoutCode(target)).stream()
			.map(DocumentationTests::anchor)
			.anyMatch(link.substring(hash + 1)::equals);
	}

	/**
	 * The anchor that GitHub gives to a heading.
	 */
	private static String anchor(String heading) {
		return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
	}

	private static String withoutCode(Path page) throws IOException {
		return Files.readString(page).replaceAll("(?s)```.*?```", "");
	}

	private static List<String> find(Pattern pattern, String text) {
		return pattern.matcher(text)
			.results()
			.map((match) -> match.group(match.groupCount()))
			.collect(Collectors.toList());
	}

}
