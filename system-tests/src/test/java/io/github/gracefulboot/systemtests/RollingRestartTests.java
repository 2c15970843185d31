package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.OnServers;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.front.FrontType;
import io.github.gracefulboot.systemtests.load.Traffic;
import io.github.gracefulboot.test.balancer.RunningBalancer;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Exit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rolling restarts under load: nothing is lost with the starter, and hundreds of requests
 * without it, which shows that these tests can fail. The instances of a server are
 * restarted behind one balancer after the other.
 */
class RollingRestartTests {

	private static final int ROUNDS = Integer.getInteger("graceful.system-tests.rounds", 5);

	/**
	 * What the starter is run behind, each as BALANCER:TRAFFIC.
	 */
	private static final String FRONTS = System.getProperty("graceful.system-tests.fronts",
			"NGINX:POST,NGINX:MIXED,PROBER:MIXED,HAPROXY:MIXED");

	private static final Duration FROZEN = Duration.ofSeconds(4);

	private static Instances instances;

	@AfterAll
	static void closeInstances() {
		if (instances != null) {
			instances.close();
		}
	}

	@ParameterizedTest
	@MethodSource("serversAndFronts")
	void whenGracefulRestartsThenNothingIsLost(SampleJar jar, FrontType front, Traffic traffic) {
		RestartReport report = restart(jar, front, traffic, ROUNDS);
		assertThat(report.failed()).as(report::describeFailures).isZero();
		assertThat(report.exitCodes()).as(report::summary).containsExactly(0);
		if (front == FrontType.PROBER) {
			assertThat(report.outcomes()).as(report::summary)
				.hasSize(2 * ROUNDS)
				.allMatch((outcome) -> outcome.contains("prober/1.0 received"))
				.noneMatch((outcome) -> outcome.contains("graceful.lame-duck.max reached"));
		}
	}

	static Stream<Arguments> serversAndFronts() {
		return Stream.of(SampleJar.GRACEFUL, SampleJar.JETTY, SampleJar.NETTY)
			.flatMap((jar) -> Arrays.stream(FRONTS.split(","))
				.map((front) -> front.split(":"))
				.filter((front) -> OnServers.ALL || jar == SampleJar.GRACEFUL
						|| front[0].equals(FrontType.PROBER.name()))
				.map((front) -> Arguments.of(jar, front[0], front[1])));
	}

	@Tag("full")
	@ParameterizedTest
	@EnumSource(names = { "GRACEFUL", "JETTY", "NETTY" })
	void whenRequestsAreFewBehindHaproxysDefaultsThenNothingIsLost(SampleJar jar) {
		RestartReport report = restart(jar, FrontType.HAPROXY_DEFAULTS, Traffic.SPARSE, ROUNDS);
		assertThat(report.failed()).as(report::describeFailures).isZero();
		assertThat(report.exitCodes()).as(report::summary).containsExactly(0);
	}

	/**
	 * The silence of that time is no evidence that clients have left.
	 */
	@Tag("full")
	@ParameterizedTest
	@EnumSource(names = { "GRACEFUL", "JETTY", "NETTY" })
	void whenTheProcessStandsStillInItsShutdownThenNothingIsLost(SampleJar jar) {
		RestartReport report = restart(jar, FrontType.HAPROXY, Traffic.MIXED, ROUNDS,
				RollingRestartTests::stopAndFreeze);
		assertThat(report.failed()).as(report::describeFailures).isZero();
		assertThat(report.exitCodes()).as(report::summary).containsExactly(0);
	}

	private static Exit stopAndFreeze(AppProcess process) {
		long before = shutdowns(process);
		long since = System.nanoTime();
		process.signal("TERM");
		Awaitility.await().until(() -> shutdowns(process) > before);
		process.signal("STOP");
		try {
			Thread.sleep(FROZEN.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			process.signal("CONT");
		}
		return process.awaitExit(since);
	}

	private static long shutdowns(AppProcess process) {
		return process.log().lines().filter((line) -> line.contains("Shutting down within")).count();
	}

	@Test
	void whenPlainBootRestartsBehindTheProberThenRequestsAreLost() {
		RestartReport report = restart(SampleJar.PLAIN_BOOT, FrontType.PROBER, Traffic.MIXED, ROUNDS);
		assertThat(report.failed()).as(report::summary).isPositive();
	}

	@Tag("full")
	@Test
	void whenPlainBootRestartsBehindHaproxyThenRequestsAreLost() {
		RestartReport report = restart(SampleJar.PLAIN_BOOT, FrontType.HAPROXY, Traffic.MIXED, ROUNDS);
		assertThat(report.failed()).as(report::summary).isPositive();
	}

	/**
	 * So few that it takes many restarts to see one.
	 */
	@Tag("full")
	@Test
	void whenPlainBootRestartsBehindNginxThenRequestsAreLost() {
		RestartReport report = restart(SampleJar.PLAIN_BOOT, FrontType.NGINX, Traffic.POST, Math.max(3, ROUNDS));
		assertThat(report.failed()).as(report::summary).isPositive();
	}

	private RestartReport restart(SampleJar jar, FrontType type, Traffic traffic, int rounds) {
		return restart(jar, type, traffic, rounds, (process) -> process.stop("TERM"));
	}

	private RestartReport restart(SampleJar jar, FrontType type, Traffic traffic, int rounds,
			Function<AppProcess, Exit> stop) {
		String name = "%s behind %s, %s".formatted(jar, type, traffic);
		Path directory = TestDirectory.create("restart-%s-%s-%s".formatted(type, traffic, jar));
		Instances restarted = instances(jar);
		int outcomesBefore = restarted.outcomes().size();
		try (RunningBalancer front = type.start(restarted.ports(), directory)) {
			restarted.awaitUp(front);
			try (SteadyLoad load = SteadyLoad.start(traffic.loads(), front.port())) {
				List<Exit> exits = restarted.restart(rounds, front, stop);
				List<LoadReport> reports = load.stop();
				List<String> outcomes = restarted.outcomes();
				RestartReport report = new RestartReport(name, directory, reports, exits,
						outcomes.subList(outcomesBefore, outcomes.size()));
				System.out.println(report.summary());
				return report;
			}
		}
	}

	private static Instances instances(SampleJar jar) {
		if (instances == null || instances.jar() != jar) {
			closeInstances();
			instances = Instances.start(jar, TestDirectory.create("restart-" + jar));
		}
		return instances;
	}

}
