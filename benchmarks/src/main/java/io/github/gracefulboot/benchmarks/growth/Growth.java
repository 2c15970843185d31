package io.github.gracefulboot.benchmarks.growth;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.github.gracefulboot.benchmarks.Chart;
import io.github.gracefulboot.benchmarks.Options;
import io.github.gracefulboot.benchmarks.Results;
import io.github.gracefulboot.benchmarks.app.Server;

/**
 * How the time of a shutdown and the memory grow with connections and requests.
 */
public final class Growth {

	private static final List<Server> SERVERS = List.of(Server.TOMCAT, Server.JETTY, Server.NETTY);

	private static final int LARGEST = 20_000;

	/**
	 * What a process opens besides connections.
	 */
	private static final int OTHER_FILES = 500;

	private static final Duration LONGEST_ROW = Duration.ofSeconds(30);

	private final Results results;

	private final Chart chart = new Chart();

	private final List<Scenario> scenarios;

	private final List<String> jvm;

	private Growth(Results results, List<Scenario> scenarios, List<String> jvm) {
		this.results = results;
		this.scenarios = scenarios;
		this.jvm = new ArrayList<>(List.of("-Xmx4g"));
		this.jvm.addAll(jvm);
	}

	/**
	 * Measures it.
	 * @param options {@code --size} is the largest number, {@code --scenarios} is what
	 * there is many of, and {@code --jvm} has options of the applications' JVMs
	 * @throws Exception if it cannot be measured
	 */
	public static void run(Options options) throws Exception {
		int largest = largest(options.number("size", options.isShort() ? 2000 : LARGEST));
		List<Integer> sizes = options.isShort() ? List.of(10, largest) : List.of(10, 1000, largest);
		List<Scenario> scenarios = scenarios(options.list("scenarios"));
		int runs = SERVERS.size() * scenarios.size() * sizes.size() * 2;
		Results results = new Results("growth", LONGEST_ROW.multipliedBy(runs), "server", "starter", "what", "number",
				"heap MB", "stop s", "CPU s", "answered", "broken", "named", "exit code");
		new Growth(results, scenarios, options.list("jvm")).run(sizes);
	}

	private static List<Scenario> scenarios(List<String> names) {
		return names.isEmpty() ? List.of(Scenario.values())
				: names.stream()
					.map((name) -> Scenario.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_')))
					.toList();
	}

	private static int largest(int wanted) throws IOException {
		int possible = openFiles() - OTHER_FILES;
		if (possible < wanted) {
			System.out.printf("No process may have more than %,d files open here: %,d is the largest number%n",
					openFiles(), possible);
		}
		return Math.min(wanted, possible);
	}

	private static int openFiles() throws IOException {
		try (BufferedReader limits = Files.newBufferedReader(Path.of("/proc/self/limits"))) {
			String limit = limits.lines().filter((line) -> line.startsWith("Max open files")).findFirst().orElseThrow();
			String soft = limit.trim().split("\\s+")[3];
			return soft.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(soft);
		}
	}

	private void run(List<Integer> sizes) throws IOException, InterruptedException {
		for (Scenario scenario : this.scenarios) {
			Chart.Panel stops = this.chart.panel("Stop: " + scenario, "number", "seconds", true, true);
			Chart.Panel heaps = (scenario != Scenario.CUT_OFF)
					? this.chart.panel("Heap: " + scenario, "number", "MB", true, true) : null;
			for (Server server : SERVERS) {
				for (boolean starter : new boolean[] { false, true }) {
					for (int size : sizes) {
						measure(server, starter, scenario, size, stops, heaps);
					}
				}
			}
		}
		this.results.write();
		this.results.write("growth.svg", this.chart.toSvg());
	}

	private void measure(Server server, boolean starter, Scenario scenario, int size, Chart.Panel stops,
			Chart.Panel heaps) throws IOException, InterruptedException {
		String series = server + (starter ? "" : ", plain");
		this.chart.style(series, SERVERS.indexOf(server), !starter);
		Path log = this.results
			.path("%s-%s-%s-%d.log".formatted(server, starter ? "with" : "plain", scenario.name(), size)
				.toLowerCase(Locale.ROOT)
				.replace(' ', '-'));
		Stop stop = Stop.measure(server, starter, scenario, size, log, this.jvm);
		double seconds = seconds(stop.took());
		double heap = Math.round(stop.heapBytes() / 1e4) / 100.0;
		this.results.row(server, starter ? "with" : "plain", scenario, size, heap, seconds, seconds(stop.cpu()),
				stop.answered(), stop.broken(), stop.named(), stop.exitCode());
		stops.point(series, size, seconds, "%,d in %s s".formatted(size, seconds));
		if (heaps != null && heap > 0) {
			heaps.point(series, size, heap, "%,d in %s MB".formatted(size, heap));
		}
	}

	private static double seconds(Duration duration) {
		return duration.toMillis() / 1000.0;
	}

}
