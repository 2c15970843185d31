package io.github.gracefulboot.benchmarks.growth;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.gracefulboot.benchmarks.app.Server;
import io.github.gracefulboot.benchmarks.app.ServerProcess;

/**
 * A shutdown under a crowd.
 *
 * @param heapBytes by how much the crowd makes the live heap larger
 * @param took the time from the signal to the exit, without that in which requests were
 * held back
 * @param cpu what the process computed in that time
 * @param answered how many requests were answered
 * @param broken how many were not
 * @param named how many lines of the log name something that was cut off
 * @param exitCode how the process ended
 */
record Stop(long heapBytes, Duration took, Duration cpu, int answered, int broken, long named, int exitCode) {

	private static final Duration LONGEST = Duration.ofSeconds(60);

	private static final Duration LOOK = Duration.ofMillis(10);

	/**
	 * How long requests are in flight after the signal, so that they end in the drain.
	 */
	private static final Duration HELD = Duration.ofMillis(500);

	/**
	 * So that no connection is taken for one that is still in use.
	 */
	private static final Duration IDLE = Duration.ofSeconds(1);

	static Stop measure(Server server, boolean starter, Scenario scenario, int size, Path log, List<String> jvm)
			throws IOException, InterruptedException {
		try (ServerProcess process = ServerProcess.start(server, starter, log, jvm, scenario.args())) {
			// Whatever the first requests load and compile
			Crowd.open(process.port(), 1, "/now").close();
			long heapBefore = process.ask("/heap");
			try (Crowd crowd = Crowd.open(process.port(), size, scenario.path())) {
				gather(process, scenario, crowd);
				long heap = process.ask("/heap") - heapBefore;
				return stop(process, scenario, crowd, heap);
			}
		}
	}

	private static void gather(ServerProcess process, Scenario scenario, Crowd crowd) throws IOException {
		long begin = System.nanoTime();
		while ((scenario == Scenario.IDLE) ? !crowd.isServed() : process.ask("/waiting") < crowd.size()) {
			crowd.look(LOOK);
			if (since(begin).compareTo(LONGEST) > 0) {
				throw new IllegalStateException("Only %d of %d requests came through, see %s"
					.formatted(crowd.answered(), crowd.size(), process.log()));
			}
		}
		while (since(begin).compareTo(IDLE) < 0) {
			crowd.look(LOOK);
		}
	}

	private static Stop stop(ServerProcess process, Scenario scenario, Crowd crowd, long heap) throws IOException {
		Duration cpuBefore = cpu(process.process());
		long begin = System.nanoTime();
		CompletableFuture<Long> exit = process.process().onExit().thenApply((ended) -> System.nanoTime());
		process.terminate();
		Duration held = Duration.ZERO;
		if (scenario == Scenario.IN_FLIGHT) {
			while (since(begin).compareTo(HELD) < 0) {
				crowd.look(LOOK);
			}
			held = since(begin);
			process.release();
		}
		Duration cpuAfter = cpuBefore;
		while (!exit.isDone()) {
			crowd.look(LOOK);
			cpuAfter = longer(cpuAfter, cpu(process.process()));
			if (since(begin).compareTo(LONGEST) > 0) {
				throw new IllegalStateException("The application did not exit within " + LONGEST);
			}
		}
		for (int i = 0; i < 100 && !crowd.isGone(); i++) {
			crowd.look(LOOK);
		}
		return new Stop(heap, Duration.ofNanos(exit.join() - begin).minus(held), cpuAfter.minus(cpuBefore),
				crowd.answered(), crowd.broken(), named(process.log()), process.process().exitValue());
	}

	private static long named(String log) {
		return log.lines().filter((line) -> line.contains(" Cut off: ")).count();
	}

	private static Duration cpu(Process process) {
		return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
	}

	private static Duration since(long nanos) {
		return Duration.ofNanos(System.nanoTime() - nanos);
	}

	private static Duration longer(Duration one, Duration other) {
		return (one.compareTo(other) > 0) ? one : other;
	}

}
