package io.github.gracefulboot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.boot.json.JsonParserFactory;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * Writes {@code docs/configuration.md} from the metadata of the properties.
 */
final class ConfigurationPage {

	static final Path METADATA = Path.of("target/classes/META-INF/spring-configuration-metadata.json");

	private static final String HEAD = """
			# Configuration properties

			<!-- Generated from the metadata of the properties by ConfigurationPage: edit the Javadoc of a property, not this page. -->

			Every property has a default, and most applications set one or none. As with all properties of Spring Boot, an
			environment variable works as well: `GRACEFUL_SHUTDOWN_TIMEOUT=25s`.

			A value that cannot work fails the start with an analysis that says what to change. Defaults never contradict:
			`graceful.shutdown.timeout=3s` alone just works. `graceful.lame-duck.max` is at most half of it unless you set it.
			""";

	private static final List<Section> SECTIONS = List.of(new Section("graceful", ""),
			new Section("graceful.shutdown", "The budget of a [shutdown](shutdown.md) and how the process ends."),
			new Section("graceful.shutdown.report", "The [report](reports.md) that each shutdown leaves."),
			new Section("graceful.lame-duck",
					"How long an instance still serves while [load balancers notice](shutdown.md#when-the-lame-duck-stage-ends)."),
			new Section("graceful.balancer", "[HAProxy](load-balancers.md#haproxy-told-and-asked), told and asked."),
			new Section("graceful.drain",
					"What happens to [endless streams](streams.md) and [WebSockets](websocket.md)."),
			new Section("graceful.executors", "[Executors and schedulers](executors.md)."),
			new Section("graceful.background", "[Work that no bean knows](background.md)."),
			new Section("graceful.messaging", "[Message listeners](messaging.md)."),
			new Section("graceful.datasource", "[Databases](databases.md)."),
			new Section("graceful.startup", "What a [start](startup.md) waits for before the port opens."),
			new Section("graceful.startup.check", "[Which checks](startup.md#what-is-waited-for) there are."),
			new Section("graceful.startup.warm-up",
					"[Requests that the application sends to itself](startup.md#warm-up) before it is ready."),
			new Section("graceful.findings",
					"[What the starter finds](startup.md#findings) in an application's settings."),
			new Section("graceful.ready",
					"When [supervisors](supervisors.md#ready) learn that the application is ready."),
			new Section("graceful.handover", "The [hand-over](hand-over.md) of the port to the next process."),
			new Section("graceful.supervisor", "[PM2](pm2.md), [systemd](systemd.md), [s6, dinit and a file](s6.md)."),
			new Section("graceful.registry", "[Service registries](registries.md) of Spring Cloud."),
			new Section("management.endpoint", "The [endpoint](endpoint.md)."),
			new Section("management.health", "The [health contributor](shutdown.md#what-you-see)."));

	private ConfigurationPage() {
	}

	/**
	 * The page as it should be.
	 * @return Markdown
	 */
	static String generate() throws IOException {
		Map<Section, List<String>> rows = properties().sorted(Comparator.comparing(ConfigurationPage::name))
			.collect(Collectors.groupingBy((property) -> section(name(property)),
					Collectors.mapping(ConfigurationPage::row, Collectors.toList())));
		StringBuilder page = new StringBuilder(HEAD);
		for (Section section : SECTIONS) {
			page.append("\n## `%s`\n".formatted(section.prefix()));
			if (!section.text().isEmpty()) {
				page.append("\n%s\n".formatted(section.text()));
			}
			page.append("\n| property | type | default | |\n|---|---|---|---|\n");
			rows.getOrDefault(section, List.of()).forEach(page::append);
		}
		return page.toString();
	}

	/**
	 * Names of all properties.
	 * @return the names
	 */
	static List<String> names() throws IOException {
		return properties().map(ConfigurationPage::name).toList();
	}

	private static Stream<Map<?, ?>> properties() throws IOException {
		Object properties = JsonParserFactory.getJsonParser().parseMap(Files.readString(METADATA)).get("properties");
		Assert.state(properties != null, "No properties in the metadata");
		return ((List<?>) properties).stream().map((property) -> (Map<?, ?>) property);
	}

	private static String name(Map<?, ?> property) {
		return String.valueOf(property.get("name"));
	}

	private static Section section(String name) {
		return SECTIONS.stream()
			.filter((section) -> name.startsWith(section.prefix() + "."))
			.max(Comparator.comparingInt((section) -> section.prefix().length()))
			.filter((section) -> !section.prefix().equals("graceful") || name.lastIndexOf('.') == "graceful".length())
			.orElseThrow(() -> new IllegalStateException("No section of the configuration page for " + name));
	}

	private static String row(Map<?, ?> property) {
		String type = String.valueOf(property.get("type"));
		String description = Optional.ofNullable(property.get("description"))
			.map(String::valueOf)
			.orElseThrow(() -> new IllegalStateException("No description of " + name(property)));
		return "| `%s` | %s | %s | %s |\n".formatted(name(property), type(type),
				value(type, property.get("defaultValue")), description.replace("|", "\\|"));
	}

	private static String type(String type) {
		String constants = constants(type);
		if (constants != null) {
			return constants;
		}
		if (type.contains("<")) {
			return "list";
		}
		return switch (type.substring(type.lastIndexOf('.') + 1)) {
			case "Boolean" -> "boolean";
			case "Integer" -> "number";
			case "String" -> "text";
			case "Duration" -> "duration";
			case "Path" -> "file";
			case "Percentage" -> "percentage";
			default -> throw new IllegalStateException("No word for " + type);
		};
	}

	private static String constants(String type) {
		if (!type.contains("$") && !type.endsWith(".Access")) {
			return null;
		}
		Object[] constants = ClassUtils.resolveClassName(type, null).getEnumConstants();
		return Arrays.stream(constants)
			.map((constant) -> "`%s`".formatted(constant.toString().toLowerCase(Locale.ROOT).replace('_', '-')))
			.collect(Collectors.joining(", "));
	}

	private static String value(String type, Object value) {
		if (value == null) {
			return "";
		}
		if (value instanceof List<?> values) {
			return new ArrayList<>(values).stream().map("`%s`"::formatted).collect(Collectors.joining(", "));
		}
		if (constants(type) != null) {
			return "`%s`".formatted(value.toString().replace('_', '-'));
		}
		boolean noUnit = type.endsWith("Duration") && value.toString().equals("0");
		return "`%s`".formatted(noUnit ? "0s" : value);
	}

	private record Section(String prefix, String text) {
	}

}
