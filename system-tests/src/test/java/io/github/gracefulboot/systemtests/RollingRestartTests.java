package io.github.gracefulboot.systemtests;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.OnServers;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.front.FrontType;
import io.github.gracefulboot.systemtests.load.Mix;
import io.github.gracefulboot.test.Fleet;
import io.github.gracefulboot.test.Instance;
import io.github.gracefulboot.test.RestartResult;
import io.github.gracefulboot.test.Signal;
import io.github.gracefulboot.test.StageTime;
import io.github.gracefulboot.test.StopResult;
import io.github.gracefulboot.test.process.Await;
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

	private static final String[] PROBER_ONLY = { "PROBER:MIXED" };

	private static final Duration FROZEN = Duration.ofSeconds(4);

	private static SampleJar jar;

	private static Fleet fleet;

	@AfterAll
	static void closeFleet() {
		if (fleet != null) {
			fleet.close();
		}
	}

	@ParameterizedTest
	@MethodSource("serversAndFronts")
	void whenGracefulRestartsThenNothingIsLost(SampleJar jar, FrontType front, Mix mix) {
		RestartResult result = restart(jar, front, mix, ROUNDS);
		assertThat(result).sentAtLeast(Mix.STEADY_REQUESTS).lostNothing();
		assertThat(result.stops()).hasSize(2 * ROUNDS).allSatisfy((stop) -> assertThat(stop).isClean().hasExitCode(0));
		if (front == FrontType.PROBER) {
			assertThat(result.stops()).extracting(RollingRestartTests::endOfLameDuck)
				.allMatch((because) -> because.contains("prober/1.0 received"))
				.noneMatch((because) -> because.contains("longest wait of"));
		}
	}

	private static String endOfLameDuck(StopResult stop) {
		return stop.getStages()
			.stream()
			.filter((stage) -> stage.stage().equals("lame-duck"))
			.map(StageTime::because)
			.findFirst()
			.orElse("");
	}

	static Stream<Arguments> serversAndFronts() {
		return Stream.of(SampleJar.GRACEFUL, SampleJar.JETTY, SampleJar.NETTY)
			.flatMap((jar) -> Arrays
				.stream((OnServers.ALL || jar == SampleJar.GRACEFUL) ? FRONTS.split(",") : PROBER_ONLY)
				.map((front) -> front.split(":"))
				.map((front) -> Arguments.of(jar, front[0], front[1])));
	}

	@Tag("full")
	@ParameterizedTest
	@EnumSource(names = { "GRACEFUL", "JETTY", "NETTY" })
	void whenRequestsAreFewBehindHaproxysDefaultsThenNothingIsLost(SampleJar jar) {
		RestartResult result = restart(jar, FrontType.HAPROXY_DEFAULTS, Mix.SPARSE, ROUNDS);
		assertThat(result).sentAtLeast(10L * ROUNDS).lostNothing();
		assertThat(result.stops()).allSatisfy((stop) -> assertThat(stop).isClean().hasExitCode(0));
	}

	/**
	 * The silence of that time is no evidence that clients have left.
	 */
	@Tag("full")
	@ParameterizedTest
	@EnumSource(names = { "GRACEFUL", "JETTY", "NETTY" })
	void whenTheProcessStandsStillInItsShutdownThenNothingIsLost(SampleJar jar) {
		RestartResult result = restart(jar, FrontType.HAPROXY, Mix.MIXED, ROUNDS, RollingRestartTests::stopAndFreeze);
		assertThat(result).lostNothing();
		assertThat(result.stops()).allSatisfy((stop) -> assertThat(stop).isClean().hasExitCode(0));
	}

	private static StopResult stopAndFreeze(Instance instance) {
		long before = shutdowns(instance);
		instance.send(Signal.SIGTERM);
		Awaitility.await().until(() -> shutdowns(instance) > before);
		instance.send(Signal.SIGSTOP);
		try {
			Await.pass(FROZEN);
		}
		finally {
			instance.send(Signal.SIGCONT);
		}
		return instance.awaitEnd();
	}

	private static long shutdowns(Instance instance) {
		return instance.log().lines().filter((line) -> line.contains("Shutting down within")).count();
	}

	@Test
	void whenPlainBootRestartsBehindTheProberThenRequestsAreLost() {
		assertThat(restart(SampleJar.PLAIN_BOOT, FrontType.PROBER, Mix.MIXED, ROUNDS)).lostSomething();
	}

	@Tag("full")
	@Test
	void whenPlainBootRestartsBehindHaproxyThenRequestsAreLost() {
		assertThat(restart(SampleJar.PLAIN_BOOT, FrontType.HAPROXY, Mix.MIXED, ROUNDS)).lostSomething();
	}

	/**
	 * So few that it takes many restarts to see one.
	 */
	@Tag("full")
	@Test
	void whenPlainBootRestartsBehindNginxThenRequestsAreLost() {
		assertThat(restart(SampleJar.PLAIN_BOOT, FrontType.NGINX, Mix.POST, Math.max(3, ROUNDS))).lostSomething();
	}

	private RestartResult restart(SampleJar jar, FrontType front, Mix mix, int rounds) {
		return restart(jar, front, mix, rounds, (instance) -> instance.stop(Signal.SIGTERM));
	}

	private RestartResult restart(SampleJar jar, FrontType front, Mix mix, int rounds,
			Function<Instance, StopResult> stop) {
		Fleet restarted = fleet(jar);
		RestartResult result = mix.to(restarted).through(front.balancer()).during(() -> {
			for (int round = 0; round < rounds; round++) {
				restarted.getInstances().forEach((instance) -> restarted.restart(instance, stop));
			}
		});
		System.out.printf("%s behind %s, %s: %s", jar, front, mix, result);
		return result;
	}

	private static Fleet fleet(SampleJar wanted) {
		if (jar != wanted) {
			closeFleet();
			jar = wanted;
			fleet = App.fleet(wanted, "restart-" + wanted).start();
		}
		return fleet;
	}

}
