package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.OnServers;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Command;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What keeps account of requests and connections forgets them.
 */
class LeakTests {

	private static final int CONNECTIONS = 16;

	private static final Load KEPT = Load.of("GET", "/fast", true, CONNECTIONS);

	private static final Load CLOSED = Load.of("GET", "/fast", false, CONNECTIONS);

	private static final int STEADY_AFTER = 20_000;

	private static final int REQUESTS = Integer.getInteger("graceful.system-tests.requests", 200_000);

	private static final int NEW_CONNECTIONS = 5_000;

	private static final int FEW = 100;

	private static final long MEBIBYTE = 1024 * 1024;

	private static final Path DIRECTORY = TestDirectory.create("leaks");

	@OnServers({ SampleJar.GRACEFUL, SampleJar.JETTY })
	void whenManyRequestsWereServedThenNothingIsLeftOfThem(SampleJar jar) {
		try (AppProcess process = App.of(jar, DIRECTORY).startReady()) {
			send(process, STEADY_AFTER);
			Footprint before = Footprint.of(process);
			send(process, REQUESTS - STEADY_AFTER);
			Footprint after = Footprint.of(process);
			System.out.printf("LEAKS %s: after %d requests %s, after %d %s%n", jar, STEADY_AFTER, before, REQUESTS,
					after);
			assertThat(after.ownObjects()).isLessThan(before.ownObjects() + FEW);
			assertThat(after.heap()).isLessThan(before.heap() + 2 * MEBIBYTE);
			assertThat(after.threads()).isLessThan(before.threads() + CONNECTIONS);
			assertThat(process.stop("TERM").code()).isZero();
		}
	}

	private void send(AppProcess process, int requests) {
		for (Load load : List.of(KEPT.withMaxRequests(requests - NEW_CONNECTIONS),
				CLOSED.withMaxRequests(NEW_CONNECTIONS))) {
			try (LoadClient client = LoadClient.start(load, process.port())) {
				LoadReport report = client.await();
				assertThat(report.failed()).as(report::describeFailures).isZero();
			}
		}
	}

	/**
	 * What a process holds when nothing is asked of it.
	 *
	 * @param heap the bytes that its live objects take
	 * @param ownObjects how many of them are of this project
	 * @param threads how many threads it has
	 */
	private record Footprint(long heap, long ownObjects, long threads) {

		private static final Duration CONNECTIONS_CLOSED_WITHIN = Duration.ofSeconds(30);

		static Footprint of(AppProcess process) {
			return Awaitility.await("requests are forgotten")
				.atMost(CONNECTIONS_CLOSED_WITHIN)
				.until(() -> look(process), (footprint) -> footprint.ownObjects() < 10 * FEW);
		}

		private static Footprint look(AppProcess process) {
			List<String[]> objects = jcmd(process, "GC.class_histogram").map(String::strip)
				.map((line) -> line.split("\\s+"))
				.toList();
			long own = objects.stream()
				.filter((columns) -> columns.length > 3 && columns[3].startsWith("io.github.gracefulboot."))
				.mapToLong((columns) -> Long.parseLong(columns[1]))
				.sum();
			long heap = objects.stream()
				.filter((columns) -> columns[0].equals("Total"))
				.mapToLong((columns) -> Long.parseLong(columns[2]))
				.sum();
			long threads = jcmd(process, "Thread.print").filter((line) -> line.startsWith("\"")).count();
			return new Footprint(heap, own, threads);
		}

		private static Stream<String> jcmd(AppProcess process, String command) {
			Path jcmd = Path.of(App.java()).resolveSibling("jcmd");
			return Command.succeed(List.of(jcmd.toString(), String.valueOf(process.pid()), command)).output().lines();
		}

		@Override
		public String toString() {
			return "%d bytes, %d own objects, %d threads".formatted(this.heap, this.ownObjects, this.threads);
		}

	}

}
