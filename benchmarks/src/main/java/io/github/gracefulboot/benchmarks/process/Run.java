package io.github.gracefulboot.benchmarks.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.http.HttpMessage;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.ChildProcess;
import io.github.gracefulboot.test.process.Command;

/**
 * The life of one process: its start, a load, and a shutdown with a request in flight.
 *
 * @param startMillis the time until it says that it has started
 * @param startCpuMillis what it has computed a second later
 * @param youngThroughput requests a second while the JVM still compiles what they run
 * @param throughput requests a second once it has compiled that
 * @param p99Micros the latency that 99 of 100 requests did not exceed
 * @param heapKilobytes the live heap after the load
 * @param exitMillis the time from the last response to the exit
 */
record Run(double startMillis, double startCpuMillis, double youngThroughput, double throughput, double p99Micros,
		double heapKilobytes, double exitMillis) {

	private static final Duration LONGEST = Duration.ofSeconds(60);

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private static final Pattern HEAP = Pattern
		.compile("(?m)^ *(?:garbage-first|def new|tenured|PS|Par).* used (\\d+)K");

	private static final int CONNECTIONS = 16;

	/**
	 * So many times the first load are sent before the one that is measured: after a
	 * hundred thousand requests throughput is a third of what it becomes.
	 */
	private static final int WARM_UP = 10;

	static Run of(Variant variant, List<String> jvm, int requests, int slowMillis, Path log)
			throws IOException, InterruptedException {
		long begin = System.nanoTime();
		try (ChildProcess process = ChildProcess.start(variant.command(jvm), log)) {
			await(process, ": Started ");
			double start = millisSince(begin);
			TimeUnit.SECONDS.sleep(1);
			double startCpu = ProcessHandle.of(process.pid())
				.flatMap((handle) -> handle.info().totalCpuDuration())
				.orElseThrow()
				.toMillis();
			Matcher port = PORT.matcher(process.log());
			if (!port.find()) {
				throw new IllegalStateException("No port in " + log);
			}
			int number = Integer.parseInt(port.group(1));
			Load load = Load.of("GET", "/fast", true, CONNECTIONS);
			LoadReport young = send(load, requests, number);
			send(load, WARM_UP * requests, number);
			LoadReport report = send(load, requests, number);
			double heap = heap(process.pid());
			double exit = exit(process, number, slowMillis);
			return new Run(start, startCpu, young.throughput(), report.throughput(),
					report.latency(0.99).toNanos() / 1000.0, heap, exit);
		}
	}

	private static LoadReport send(Load load, int requests, int port) {
		LoadReport report = LoadClient.run(load.withMaxRequests(requests), port);
		if (report.failed() > 0) {
			throw new IllegalStateException("Requests failed: " + report);
		}
		return report;
	}

	/**
	 * Plain Spring Boot looks every 50 ms whether a request is in flight: those of all
	 * turns end evenly spread over that time.
	 */
	private static double exit(ChildProcess process, int port, int slowMillis) throws InterruptedException {
		CompletableFuture<Long> answered = CompletableFuture.supplyAsync(() -> answer(port, slowMillis));
		await(process, "Slow request of %d ms begins".formatted(slowMillis));
		process.signal("TERM");
		try {
			long last = answered.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
			return process.awaitExit(last, LONGEST).took().toNanos() / 1e6;
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new IllegalStateException("The request in flight was lost", ex);
		}
	}

	private static long answer(int port, int slowMillis) {
		try (HttpConnection connection = HttpConnection.open(port, LONGEST)) {
			HttpMessage response = connection.exchange(HttpMessage.get("/slow?ms=" + slowMillis, Map.of()));
			if (!response.isSuccess()) {
				throw new IllegalStateException("The request in flight was answered " + response.status());
			}
			return System.nanoTime();
		}
		catch (HttpFailureException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static double heap(long pid) {
		String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
		Command.succeed(List.of(jcmd, String.valueOf(pid), "GC.run"));
		String info = Command.succeed(List.of(jcmd, String.valueOf(pid), "GC.heap_info")).output();
		double used = HEAP.matcher(info).results().mapToDouble((result) -> Double.parseDouble(result.group(1))).sum();
		if (used == 0) {
			throw new IllegalStateException("Unknown collector: " + info);
		}
		return used;
	}

	private static void await(ChildProcess process, String line) throws InterruptedException {
		long begin = System.nanoTime();
		while (!process.log().contains(line)) {
			if (!process.isAlive() || millisSince(begin) > LONGEST.toMillis()) {
				throw new IllegalStateException("'%s' is not in the log: %s".formatted(line, process.log()));
			}
			TimeUnit.MILLISECONDS.sleep(10);
		}
	}

	private static double millisSince(long nanos) {
		return (System.nanoTime() - nanos) / 1e6;
	}

}
