package io.github.gracefulboot.benchmarks.sleep;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.github.gracefulboot.benchmarks.Chart;
import io.github.gracefulboot.benchmarks.Options;
import io.github.gracefulboot.benchmarks.Results;
import io.github.gracefulboot.test.balancer.Balancer;
import io.github.gracefulboot.test.balancer.Prober;

/**
 * Requests that are lost and time that is taken by the starter, and by plain Spring Boot
 * after sleeps of a fixed length.
 */
public final class Sleeps {

	private static final List<Policy> POLICIES = List.of(Policy.STARTER, Policy.sleep(3), Policy.sleep(5),
			Policy.sleep(10));

	private static final List<Integer> PERIODS = List.of(500, 1000, 2000, 5000, 10_000);

	private static final List<Integer> ANSWERS = List.of(1, 3);

	/**
	 * What a row takes beside the prober's periods: starts and stops.
	 */
	private static final Duration OTHERWISE = Duration.ofSeconds(60);

	private static final int PERIODS_NEEDED = 6;

	private Sleeps() {
	}

	/**
	 * Measures them.
	 * @param options {@code --jvm} has options of the applications' JVMs
	 * @throws Exception if they cannot be measured
	 */
	public static void run(Options options) throws Exception {
		List<Prober> probers = probers(options.isShort() ? List.of(1000) : PERIODS);
		Duration longest = probers.stream()
			.map((prober) -> prober.period().multipliedBy(PERIODS_NEEDED).plus(OTHERWISE))
			.reduce(Duration.ZERO, Duration::plus)
			.multipliedBy(POLICIES.size());
		Results results = new Results("sleeps", longest,
				Stream.concat(Stream.of("prober"), POLICIES.stream().map(Policy::toString)).toArray(String[]::new));
		Chart chart = new Chart();
		Chart.Panel panel = chart.panel("Two restarts under load", "seconds of a stop", "requests lost", false, false);
		for (Prober prober : probers) {
			List<Object> row = new ArrayList<>();
			String title = title(prober);
			row.add(title);
			for (Policy policy : POLICIES) {
				Restarts restarts = Restarts.of(policy, prober, results.directory("logs"), options.list("jvm"));
				String series = policy + ", " + answers(prober);
				chart.style(series, POLICIES.indexOf(policy), prober.fallsAfter() > 1);
				panel.point(series, restarts.seconds(), restarts.report().failed(), title + ": " + restarts);
				row.add(restarts);
			}
			results.row(row.toArray());
		}
		results.write();
		results.write("sleeps.svg", chart.toSvg());
	}

	private static List<Prober> probers(List<Integer> periods) {
		return ANSWERS.stream()
			.flatMap((answers) -> periods.stream()
				.map((period) -> Balancer.prober(Duration.ofMillis(period)).fallsAfter(answers)))
			.toList();
	}

	private static String title(Prober prober) {
		return "each %s s, %s".formatted(prober.period().toMillis() / 1000.0, answers(prober));
	}

	private static String answers(Prober prober) {
		return (prober.fallsAfter() == 1) ? "1 answer" : prober.fallsAfter() + " answers";
	}

}
