package io.github.gracefulboot.systemtests;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.front.FrontType;
import io.github.gracefulboot.systemtests.load.Traffic;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rolling restarts under load: nothing is lost with the starter, and hundreds of requests
 * without it, which shows that these tests can fail.
 */
class RollingRestartTests {

	private static final int ROUNDS = Integer.getInteger("graceful.system-tests.rounds", 5);

	/**
	 * The balancers that the starter is run behind: all of them unless some are named.
	 */
	private static final List<FrontType> FRONTS = Arrays
		.stream(System.getProperty("graceful.system-tests.fronts", "PROBER,HAPROXY,NGINX").split(","))
		.map(FrontType::valueOf)
		.toList();

	private static final Duration LONGEST_MEDIAN_BEHIND_PROBER = Duration.ofMillis(2500);

	@ParameterizedTest
	@MethodSource("serversAndFronts")
	void whenGracefulRestartsThenNothingIsLost(FrontType front, SampleJar jar, Traffic traffic) {
		RestartReport report = run(front, jar, ROUNDS, traffic);
		assertThat(report.failed()).as(report::describeFailures).isZero();
		assertThat(report.exitCodes()).as(report::summary).containsExactly(0);
		if (front == FrontType.PROBER) {
			assertThat(report.medianStop()).as(report::summary).isLessThan(LONGEST_MEDIAN_BEHIND_PROBER);
		}
	}

	static Stream<Arguments> serversAndFronts() {
		return Stream.of(SampleJar.GRACEFUL, SampleJar.JETTY, SampleJar.NETTY)
			.flatMap((jar) -> FRONTS.stream()
				.flatMap((front) -> Stream.of(Traffic.MIXED, Traffic.POST)
					.filter((traffic) -> traffic == Traffic.MIXED || front == FrontType.NGINX)
					.map((traffic) -> Arguments.of(front, jar, traffic))));
	}

	@ParameterizedTest
	@CsvSource({ "PROBER, MIXED, 1", "HAPROXY, MIXED, 1", "NGINX, POST, 3" })
	void whenPlainBootRestartsThenRequestsAreLost(FrontType front, Traffic traffic, int fewestRounds) {
		RestartReport report = run(front, SampleJar.PLAIN_BOOT, Math.max(fewestRounds, ROUNDS), traffic);
		assertThat(report.failed()).as(report::summary).isPositive();
	}

	private RestartReport run(FrontType front, SampleJar jar, int rounds, Traffic traffic) {
		RestartReport report = RollingRestart.run(front, jar, rounds, traffic);
		System.out.println(report.summary());
		return report;
	}

}
