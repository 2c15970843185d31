package io.github.gracefulboot.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.traffic.Printable;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonParserFactory;

/**
 * Says what a roll-out cost, from the reports of its instances. A program of its own:
 *
 * <pre class="code">
 * java -cp orders.jar -Dloader.main=io.github.gracefulboot.report.Verdict \
 *     org.springframework.boot.loader.launch.PropertiesLauncher /var/lib/orders/stops</pre>
 *
 * It exits with 0 if all shutdowns were clean, with 1 if one was not, and with 2 if there
 * is nothing to judge or fewer reports than expected.
 */
public final class Verdict {

	private static final String USAGE = """
			Usage: [--markdown] [--expect=NUMBER] [--since=INSTANT] DIRECTORY|FILE...
			Reads the reports of shutdowns (graceful.shutdown.report.directory) and says what they cost.
			  --markdown   as Markdown, such as for the summary of a CI job
			  --expect     how many instances there were: fewer reports are no success
			  --since      leaves out what began earlier, such as 2026-11-29T12:00:00Z""";

	private static final int NOTHING_TO_JUDGE = 2;

	private final List<Stop> stops;

	Verdict(List<Stop> stops) {
		this.stops = stops;
	}

	/**
	 * Reads reports and prints the verdict.
	 * @param args options, and files or directories
	 */
	public static void main(String[] args) {
		System.exit(run(args, System.out, System.err));
	}

	/**
	 * Does the same without ending the process.
	 * @param args options, and files or directories
	 * @param out where the verdict goes
	 * @param err where complaints go
	 * @return the exit code
	 */
	static int run(String[] args, PrintStream out, PrintStream err) {
		try {
			return run(Arguments.parse(args), out, err);
		}
		catch (IllegalArgumentException | IOException ex) {
			// Names of files, and what is in them, are of anybody
			err.println(printable(String.valueOf(ex.getMessage())));
			return NOTHING_TO_JUDGE;
		}
	}

	private static int run(Arguments arguments, PrintStream out, PrintStream err) throws IOException {
		List<Stop> stops = new ArrayList<>();
		for (Path file : arguments.reports()) {
			Stop stop = Stop.read(file);
			if (!stop.startedAt().isBefore(arguments.since())) {
				stops.add(stop);
			}
		}
		if (stops.isEmpty()) {
			err.println("There are no reports to judge");
			return NOTHING_TO_JUDGE;
		}
		stops.sort(Comparator.comparing(Stop::startedAt));
		Verdict verdict = new Verdict(stops);
		out.println(arguments.markdown() ? verdict.toMarkdown() : verdict);
		if (stops.size() < arguments.expect()) {
			err.println(
					"%d instances were expected to report, and %d have".formatted(arguments.expect(), stops.size()));
			return NOTHING_TO_JUDGE;
		}
		return verdict.isClean() ? 0 : 1;
	}

	boolean isClean() {
		return this.stops.stream().allMatch(Stop::isClean);
	}

	private String summary() {
		Instant first = this.stops.get(0).startedAt();
		Instant last = this.stops.stream().map(Stop::endedAt).max(Comparator.naturalOrder()).orElseThrow();
		List<Duration> took = this.stops.stream().map(Stop::took).sorted().toList();
		return "%s stopped within %s: %d clean, %d forced, %d unfinished. A stop took %s in the median, %s at most. "
			.formatted(count(this.stops.size(), "instance"), Durations.text(Duration.between(first, last)),
					with("clean"), with("forced"), with(StopReport.UNFINISHED),
					Durations.text(took.get(took.size() / 2)), Durations.text(took.get(took.size() - 1)))
				+ "%s cut off, %d abandoned.".formatted(count(lost("cut-off"), "task"), lost("abandoned"));
	}

	private static String count(long number, String what) {
		return number + " " + what + ((number == 1) ? "" : "s");
	}

	private long with(String outcome) {
		return this.stops.stream().filter((stop) -> stop.outcome().equals(outcome)).count();
	}

	private long lost(String how) {
		return this.stops.stream()
			.flatMap((stop) -> stop.lost().stream())
			.filter((lost) -> lost.how().equals(how))
			.count();
	}

	/**
	 * Tells the verdict in plain text.
	 */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder(summary());
		for (Stop stop : this.stops) {
			if (!stop.isClean()) {
				text.append("%n%s %s after %s (%s)".formatted(stop.who(), stop.outcome(), Durations.text(stop.took()),
						Printable.line(stop.file().toString())));
				stop.lost().forEach((lost) -> text.append("%n  %s: %s".formatted(lost.how(), lost.what())));
			}
		}
		return text.toString();
	}

	String toMarkdown() {
		StringBuilder text = new StringBuilder(
				"**%s**%n%n| instance | began | outcome | took | lost |%n|---|---|---|---|---|".formatted(summary()));
		for (Stop stop : this.stops) {
			String lost = String.join("<br>",
					stop.lost().stream().map((one) -> cell(one.how() + ": " + one.what())).toList());
			text.append("%n| %s | %s | %s | %s | %s |".formatted(cell(stop.who()), stop.startedAt(),
					cell(stop.outcome()), Durations.text(stop.took()), lost));
		}
		return text.toString();
	}

	/**
	 * What was lost is named after requests, which are anybody's.
	 */
	private static String cell(String text) {
		return text.replace("&", "&amp;")
			.replace("<", "&lt;")
			.replace("|", "&#124;")
			.replace("`", "&#96;")
			.replace("[", "&#91;")
			.replace("]", "&#93;")
			.replace("\\", "&#92;");
	}

	private static String printable(String lines) {
		return lines.lines().map(Printable::line).collect(Collectors.joining(System.lineSeparator()));
	}

	/**
	 * What the command line asks for.
	 *
	 * @param reports the files to read
	 * @param markdown whether to write Markdown
	 * @param expect how many reports there should be
	 * @param since when the first of them may have begun
	 */
	private record Arguments(List<Path> reports, boolean markdown, int expect, Instant since) {

		private static Arguments parse(String[] args) throws IOException {
			List<Path> reports = new ArrayList<>();
			boolean markdown = false;
			int expect = 0;
			Instant since = Instant.EPOCH;
			for (String arg : args) {
				if (arg.equals("--markdown")) {
					markdown = true;
				}
				else if (arg.startsWith("--expect=")) {
					expect = value(arg, Integer::parseInt);
				}
				else if (arg.startsWith("--since=")) {
					since = value(arg, Instant::parse);
				}
				else if (arg.startsWith("-")) {
					throw new IllegalArgumentException(USAGE);
				}
				else {
					reports.addAll(reports(Path.of(arg)));
				}
			}
			if (args.length == 0) {
				throw new IllegalArgumentException(USAGE);
			}
			return new Arguments(reports, markdown, expect, since);
		}

		private static <T> T value(String arg, Function<String, T> parse) {
			try {
				return parse.apply(arg.substring(arg.indexOf('=') + 1));
			}
			catch (NumberFormatException | DateTimeException ex) {
				throw new IllegalArgumentException(arg + " cannot be read.\n" + USAGE, ex);
			}
		}

		private static List<Path> reports(Path path) throws IOException {
			if (!Files.exists(path)) {
				throw new IOException(path + " does not exist");
			}
			if (!Files.isDirectory(path)) {
				return List.of(path);
			}
			try (Stream<Path> files = Files.walk(path)) {
				return files.filter(ReportFiles::isReport).sorted().toList();
			}
		}

	}

	/**
	 * What the verdict needs of a report.
	 *
	 * @param file where it is
	 * @param who which process it was
	 * @param outcome {@code clean}, {@code forced} or {@code unfinished}
	 * @param startedAt when it began
	 * @param endedAt when it ended, or what was written last
	 * @param took how long it took
	 * @param lost what was lost
	 */
	record Stop(Path file, String who, String outcome, Instant startedAt, Instant endedAt, Duration took,
			List<Lost> lost) {

		private static Stop read(Path file) throws IOException {
			try {
				Map<String, Object> report = JsonParserFactory.getJsonParser().parseMap(ReportFiles.content(file));
				if (!(report.get("version") instanceof Number version) || version.intValue() != StopReport.VERSION) {
					throw new IOException("%s is not a report of version %d".formatted(file, StopReport.VERSION));
				}
				String who = "%s on %s (pid %s)".formatted(text(report, "application"), text(report, "host"),
						text(report, "pid"));
				return new Stop(file, Printable.line(who), Printable.line(text(report, "outcome")),
						Instant.parse(text(report, "startedAt")), Instant.parse(text(report, "endedAt")),
						Duration.parse(text(report, "took")), Lost.of(report.get("lost")));
			}
			catch (RuntimeException ex) {
				throw new IOException("%s cannot be read as a report: %s".formatted(file, ex.getMessage()), ex);
			}
		}

		private static String text(Map<?, ?> object, String name) {
			Object value = object.get(name);
			if (value == null) {
				throw new IllegalArgumentException(name + " is missing");
			}
			return value.toString();
		}

		private boolean isClean() {
			return this.outcome.equals("clean");
		}

	}

	/**
	 * A piece of work that was lost.
	 *
	 * @param how {@code cut-off} or {@code abandoned}
	 * @param what what it was
	 */
	record Lost(String how, String what) {

		private static List<Lost> of(@Nullable Object list) {
			return (list instanceof List<?> all) ? all.stream().map((one) -> of((Map<?, ?>) one)).toList() : List.of();
		}

		private static Lost of(Map<?, ?> one) {
			return new Lost(Printable.line(Stop.text(one, "how")), Printable.line(Stop.text(one, "what")));
		}

	}

}
