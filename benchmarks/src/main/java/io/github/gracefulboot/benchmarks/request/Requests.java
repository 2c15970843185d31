package io.github.gracefulboot.benchmarks.request;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.gracefulboot.benchmarks.Options;
import io.github.gracefulboot.benchmarks.Results;
import io.github.gracefulboot.benchmarks.app.Server;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * What the starter adds to a request, in time and in bytes.
 */
public final class Requests {

	private static final String BYTES = "gc.alloc.rate.norm";

	private static final int FORKS = 5;

	private static final int WARM_UPS = 5;

	private static final int ITERATIONS = 5;

	/**
	 * How long each of those takes.
	 */
	private static final Duration ITERATION = Duration.ofSeconds(2);

	private static final Duration LONGEST_START = Duration.ofSeconds(10);

	private Requests() {
	}

	/**
	 * Measures it.
	 * @param options {@code --forks} is the number of JVMs for each line
	 * @throws Exception if it cannot be measured
	 */
	public static void run(Options options) throws Exception {
		int forks = options.number("forks", options.isShort() ? 1 : FORKS);
		int warmUps = options.isShort() ? 1 : WARM_UPS;
		int iterations = options.isShort() ? 2 : ITERATIONS;
		Duration fork = ITERATION.multipliedBy(warmUps + iterations).plus(LONGEST_START);
		int benchmarks = 2 * (Server.values().length + 2);
		Results results = new Results("requests", fork.multipliedBy((long) benchmarks * forks), "what", "without, ns",
				"with, ns", "difference, ns", "without, bytes", "with, bytes", "difference, bytes");
		ChainedOptionsBuilder builder = new OptionsBuilder().include(Requests.class.getPackageName() + "\\..*Benchmark")
			.addProfiler(GCProfiler.class)
			.forks(forks)
			.warmupIterations(warmUps)
			.warmupTime(TimeValue.milliseconds(ITERATION.toMillis()))
			.measurementIterations(iterations)
			.measurementTime(TimeValue.milliseconds(ITERATION.toMillis()))
			.shouldFailOnError(true)
			.output(results.path("jmh.log").toString())
			.result(results.path("jmh.json").toString())
			.resultFormat(ResultFormatType.JSON);
		if (!options.list("jvm").isEmpty()) {
			builder.jvmArgsAppend(options.list("jvm").toArray(String[]::new));
		}
		print(new Runner(builder.build()).run(), results);
		results.write();
	}

	private static void print(Collection<RunResult> all, Results results) {
		Map<String, RunResult> without = new LinkedHashMap<>();
		Map<String, RunResult> with = new LinkedHashMap<>();
		for (RunResult result : all) {
			boolean starter = Boolean.parseBoolean(result.getParams().getParam("starter"));
			(starter ? with : without).put(title(result), result);
		}
		without.forEach((title, result) -> {
			Result<?> timeWithout = result.getPrimaryResult();
			Result<?> timeWith = with.get(title).getPrimaryResult();
			Result<?> bytesWithout = result.getSecondaryResults().get(BYTES);
			Result<?> bytesWith = with.get(title).getSecondaryResults().get(BYTES);
			results.row(title, text(timeWithout), text(timeWith), difference(timeWithout, timeWith), text(bytesWithout),
					text(bytesWith), difference(bytesWithout, bytesWith));
		});
	}

	private static String title(RunResult result) {
		String server = result.getParams().getParam("server");
		if (server != null) {
			return Server.valueOf(server).toString();
		}
		String[] name = result.getParams().getBenchmark().split("\\.");
		return name[name.length - 2].startsWith("Servlet") ? "the servlet filter alone" : "the filter of WebFlux alone";
	}

	private static String text(Result<?> result) {
		return text(result.getScore(), result.getScoreError());
	}

	private static String difference(Result<?> without, Result<?> with) {
		return text(with.getScore() - without.getScore(), Math.hypot(with.getScoreError(), without.getScoreError()));
	}

	private static String text(double value, double error) {
		return Double.isNaN(error) ? "%,.0f".formatted(value) : "%,.0f ± %,.0f".formatted(value, error);
	}

}
