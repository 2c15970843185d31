package io.github.gracefulboot.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Draws panels with points and lines as an SVG that is readable on light and on dark
 * pages.
 */
public final class Chart {

	private static final int COLUMNS = 3;

	private static final int WIDTH = 300;

	private static final int HEIGHT = 250;

	private static final int LEFT = 58;

	private static final int RIGHT = 24;

	private static final int TOP = 34;

	private static final int BOTTOM = 48;

	private static final int LEGEND_LINE = 20;

	private static final int LEGEND_WIDTH = 220;

	private static final String STYLE = """
			text{fill:#1f2328;font:11px sans-serif}.title{font-weight:bold}.grid{stroke:#d0d7de}
			.c0{color:#0969da}.c1{color:#bc4c00}.c2{color:#1a7f37}.c3{color:#8250df}.c4{color:#9a6700}.c5{color:#cf222e}
			.line{stroke:currentColor;fill:none;stroke-width:1.5}.dot{fill:currentColor}
			.hollow{stroke:currentColor;fill:none;stroke-width:1.5}.dashed{stroke-dasharray:4 3}
			@media (prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#3d444d}
			.c0{color:#4493f8}.c1{color:#f0883e}.c2{color:#3fb950}.c3{color:#ab7df8}.c4{color:#d29922}.c5{color:#f85149}}
			""";

	private final List<Panel> panels = new ArrayList<>();

	private final Map<String, Style> styles = new LinkedHashMap<>();

	/**
	 * Sets how points of a series look, in all panels, and adds it to the legend.
	 * @param series the name of the series
	 * @param color from 0 to 5
	 * @param hollow whether its points are hollow and its lines dashed
	 * @return this chart
	 */
	public Chart style(String series, int color, boolean hollow) {
		this.styles.put(series, new Style(color, hollow));
		return this;
	}

	/**
	 * Adds a panel.
	 * @param title what it shows
	 * @param x what is to the right
	 * @param y what is up
	 * @param logarithmic whether both axes are
	 * @param lines whether points of a series are connected
	 * @return the panel
	 */
	public Panel panel(String title, String x, String y, boolean logarithmic, boolean lines) {
		Panel panel = new Panel(title, x, y, logarithmic, lines);
		this.panels.add(panel);
		return panel;
	}

	/**
	 * Draws it.
	 * @return the SVG
	 */
	public String toSvg() {
		int columns = Math.min(COLUMNS, this.panels.size());
		int rows = (this.panels.size() + columns - 1) / columns;
		int width = columns * WIDTH;
		int perLine = Math.max(1, width / LEGEND_WIDTH);
		int height = rows * HEIGHT + LEGEND_LINE * ((this.styles.size() + perLine - 1) / perLine) + LEGEND_LINE;
		StringBuilder svg = new StringBuilder(
				"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\">%n".formatted(width, height))
			.append("<style>\n")
			.append(STYLE)
			.append("</style>\n");
		for (int i = 0; i < this.panels.size(); i++) {
			svg.append("<g transform=\"translate(%d %d)\">%n".formatted(i % columns * WIDTH, i / columns * HEIGHT));
			this.panels.get(i).draw(svg);
			svg.append("</g>\n");
		}
		int entry = 0;
		for (Map.Entry<String, Style> style : this.styles.entrySet()) {
			int x = LEFT + entry % perLine * LEGEND_WIDTH;
			int y = rows * HEIGHT + LEGEND_LINE * (1 + entry / perLine);
			svg.append(style.getValue().dot(x, y - 4, style.getKey()))
				.append("<text x=\"%d\" y=\"%d\">%s</text>%n".formatted(x + 10, y, escape(style.getKey())));
			entry++;
		}
		return svg.append("</svg>\n").toString();
	}

	private static String number(double value) {
		return (value >= 1000) ? "%,d".formatted(Math.round(value))
				: (value == Math.rint(value)) ? String.valueOf(Math.round(value)) : String.valueOf(value);
	}

	private static String escape(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;");
	}

	/**
	 * One pair of axes.
	 */
	public final class Panel {

		private final String title;

		private final String x;

		private final String y;

		private final boolean logarithmic;

		private final boolean lines;

		private final Map<String, List<Point>> series = new LinkedHashMap<>();

		private Panel(String title, String x, String y, boolean logarithmic, boolean lines) {
			this.title = title;
			this.x = x;
			this.y = y;
			this.logarithmic = logarithmic;
			this.lines = lines;
		}

		/**
		 * Adds a point. Those of a series with lines come in their order.
		 * @param name the series
		 * @param x how far to the right
		 * @param y how far up
		 * @param label what is shown when somebody points at it
		 */
		public void point(String name, double x, double y, String label) {
			this.series.computeIfAbsent(name, (unused) -> new ArrayList<>()).add(new Point(x, y, label));
		}

		private void draw(StringBuilder svg) {
			Axis right = axis(points().map(Point::x).mapToDouble(Double::doubleValue), LEFT, WIDTH - RIGHT);
			Axis up = axis(points().map(Point::y).mapToDouble(Double::doubleValue), HEIGHT - BOTTOM, TOP);
			svg.append("<text class=\"title\" x=\"%d\" y=\"16\">%s</text>%n".formatted(LEFT, escape(this.title)));
			for (double tick : right.ticks()) {
				double at = right.at(tick);
				svg.append(line(at, TOP, at, HEIGHT - BOTTOM));
				svg.append(text(at, HEIGHT - BOTTOM + 15, "middle", number(tick)));
			}
			for (double tick : up.ticks()) {
				double at = up.at(tick);
				svg.append(line(LEFT, at, WIDTH - RIGHT, at));
				svg.append(text(LEFT - 5, at + 4, "end", number(tick)));
			}
			svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - BOTTOM + 31, "middle", this.x));
			svg.append("<text transform=\"translate(13 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>%n"
				.formatted((TOP + HEIGHT - BOTTOM) / 2, escape(this.y)));
			this.series.forEach((name, points) -> draw(svg, name, points, right, up));
		}

		private void draw(StringBuilder svg, String name, List<Point> points, Axis right, Axis up) {
			Style style = Chart.this.styles.getOrDefault(name, new Style(0, false));
			if (this.lines) {
				StringBuilder path = new StringBuilder();
				points.forEach((point) -> path
					.append(String.format(Locale.ROOT, "%.1f,%.1f ", right.at(point.x()), up.at(point.y()))));
				svg.append("<polyline class=\"c%d line%s\" points=\"%s\"/>%n".formatted(style.color(),
						style.hollow() ? " dashed" : "", path.toString().trim()));
			}
			points.forEach((point) -> svg
				.append(style.dot(right.at(point.x()), up.at(point.y()), name + ": " + point.label())));
		}

		private Stream<Point> points() {
			return this.series.values().stream().flatMap(List::stream);
		}

		private Axis axis(DoubleStream values, double from, double to) {
			double[] sorted = values.sorted().toArray();
			double least = (sorted.length > 0) ? sorted[0] : 1;
			double most = (sorted.length > 0) ? sorted[sorted.length - 1] : 1;
			return this.logarithmic ? Axis.logarithmic(least, most, from, to) : Axis.linear(most, from, to);
		}

		private String line(double x1, double y1, double x2, double y2) {
			return String.format(Locale.ROOT,
					"<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n", x1, y1, x2, y2);
		}

		private String text(double x, double y, String anchor, String text) {
			return String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y,
					anchor, escape(text));
		}

	}

	private record Point(double x, double y, String label) {

	}

	private record Style(int color, boolean hollow) {

		private String dot(double x, double y, String label) {
			return String.format(Locale.ROOT,
					"<circle class=\"c%d %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s</title></circle>%n", this.color,
					this.hollow ? "hollow" : "dot", x, y, escape(label));
		}

	}

	private record Axis(DoubleUnaryOperator place, double[] ticks) {

		private static final int MOST_STEPS = 6;

		private static Axis logarithmic(double least, double most, double from, double to) {
			int low = (int) Math.floor(Math.log10(Math.max(least, 1e-9)) + 1e-9);
			int high = Math.max(low + 1, (int) Math.ceil(Math.log10(Math.max(most, 1e-9)) - 1e-9));
			double[] ticks = DoubleStream.iterate(low, (power) -> power <= high, (power) -> power + 1)
				.map((power) -> (power < 0) ? 1 / Math.pow(10, -power) : Math.pow(10, power))
				.toArray();
			return new Axis((value) -> from + (Math.log10(Math.max(value, 1e-9)) - low) / (high - low) * (to - from),
					ticks);
		}

		private static Axis linear(double largest, double from, double to) {
			double most = Math.max(largest, 1);
			double decade = Math.pow(10, Math.floor(Math.log10(most)));
			double step = decade;
			for (double part : new double[] { 2, 5, 10 }) {
				if (most * part / decade <= MOST_STEPS) {
					step = decade / part;
				}
			}
			double width = step;
			double end = Math.ceil(most / width) * width;
			double[] ticks = DoubleStream.iterate(0, (tick) -> tick <= end, (tick) -> tick + width).toArray();
			return new Axis((value) -> from + value / end * (to - from), ticks);
		}

		private double at(double value) {
			return this.place.applyAsDouble(value);
		}

	}

}
