package io.github.gracefulboot.shutdown;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.gracefulboot.shutdown.SimulatedStops.Balancer;
import io.github.gracefulboot.shutdown.SimulatedStops.Rule;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the simulation says, as a table in {@code load-balancers.md} and a chart beside
 * it. {@code -Dgraceful.docs.update=true} writes both.
 */
final class SimulationPage {

	private static final String BEGIN = "<!-- simulation: written by LameDuckSimulationTests -->\n";

	private static final String END = "<!-- end of simulation -->\n";

	private static final int WIDTH = 640;

	private static final int HEIGHT = 300;

	private static final int LEFT = 60;

	private static final int TOP = 20;

	private static final int MOST_SECONDS = 16;

	private static final Map<Rule, String> COLOURS = Map.of(Rule.EVIDENCE, "#1a7f37", Rule.TWO_ANSWERS, "#bc4c00",
			Rule.FIVE_SECONDS, "#8250df", Rule.TEN_SECONDS, "#57606a");

	private final Path page;

	private final Path chart;

	private final Map<Balancer, Map<Rule, SimulatedStops>> results;

	SimulationPage(Path docs, Map<Balancer, Map<Rule, SimulatedStops>> results) {
		this.page = docs.resolve("load-balancers.md");
		this.chart = docs.resolve("images").resolve("lame-duck.svg");
		this.results = results;
	}

	void update() throws IOException {
		String text = Files.readString(this.page);
		Files.writeString(this.page,
				text.substring(0, text.indexOf(BEGIN) + BEGIN.length()) + table() + text.substring(text.indexOf(END)));
		Files.writeString(this.chart, chart());
	}

	void check() {
		assertThat(this.page).content().contains(BEGIN + table() + END);
		assertThat(this.chart).content().isEqualTo(chart());
	}

	private String table() {
		String head = Stream.of(Rule.values()).map(Rule::toString).collect(Collectors.joining(" | "));
		return "\n| balancer | %s |\n|---|%s\n".formatted(head, "---|".repeat(Rule.values().length))
				+ this.results.entrySet().stream().map(this::row).collect(Collectors.joining()) + "\n";
	}

	private String row(Map.Entry<Balancer, Map<Rule, SimulatedStops>> result) {
		String cells = result.getValue()
			.values()
			.stream()
			.map((stops) -> text("%d, %.1f s", stops.lossy(), seconds(stops)))
			.collect(Collectors.joining(" | "));
		return "| %s | %s |\n".formatted(result.getKey(), cells);
	}

	private static double seconds(SimulatedStops stops) {
		return stops.median().toMillis() / 1000.0;
	}

	private String chart() {
		StringBuilder svg = new StringBuilder(text("""
				<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
				<rect width="100%%" height="100%%" fill="#ffffff"/>
				""", WIDTH, HEIGHT + 80));
		for (int second = 0; second <= MOST_SECONDS; second += 4) {
			svg.append(text("<line x1=\"%.0f\" y1=\"%d\" x2=\"%.0f\" y2=\"%d\" stroke=\"#d0d7de\"/>\n", x(second), TOP,
					x(second), HEIGHT));
			svg.append(text("<text x=\"%.0f\" y=\"%d\" text-anchor=\"middle\">%d s</text>\n", x(second), HEIGHT + 18,
					second));
		}
		for (int percent = 0; percent <= 100; percent += 25) {
			svg.append(text("<line x1=\"%d\" y1=\"%.0f\" x2=\"%d\" y2=\"%.0f\" stroke=\"#d0d7de\"/>\n", LEFT,
					y(percent), WIDTH - TOP, y(percent)));
			svg.append(text("<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">%d %%</text>\n", LEFT - 6, y(percent) + 4,
					percent));
		}
		int row = 0;
		for (Rule rule : Rule.values()) {
			this.results.forEach((balancer, result) -> svg.append(point(rule, balancer, result.get(rule))));
			svg.append(text("<circle cx=\"%d\" cy=\"%d\" r=\"5\" fill=\"%s\"/>\n", LEFT + 150 * row + 5, HEIGHT + 58,
					COLOURS.get(rule)));
			svg.append(text("<text x=\"%d\" y=\"%d\">%s</text>\n", LEFT + 150 * row + 14, HEIGHT + 62,
					(rule == Rule.TWO_ANSWERS) ? "two answers" : rule));
			row++;
		}
		svg.append(text("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">median of the stage</text>\n",
				(LEFT + WIDTH) / 2, HEIGHT + 36));
		return svg.append("</svg>\n").toString();
	}

	private static String point(Rule rule, Balancer balancer, SimulatedStops stops) {
		return text(
				"<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"%s\" fill-opacity=\"%s\"><title>%s: %.1f %% in %.1f s</title>"
						+ "</circle>\n",
				x(seconds(stops)), y(stops.percentLossy()), COLOURS.get(rule), balancer.isSatisfied() ? "0.7" : "0.25",
				balancer, stops.percentLossy(), seconds(stops));
	}

	private static double x(double seconds) {
		return LEFT + seconds * (WIDTH - LEFT - TOP) / MOST_SECONDS;
	}

	private static double y(double percent) {
		return HEIGHT - percent * (HEIGHT - TOP) / 100;
	}

	private static String text(String format, Object... values) {
		return String.format(Locale.ROOT, format, values);
	}

}
