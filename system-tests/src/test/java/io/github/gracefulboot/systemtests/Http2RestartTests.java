package io.github.gracefulboot.systemtests;

import java.time.Duration;
import java.util.List;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.OnServers;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.http2.Http2LoadProcess;
import io.github.gracefulboot.systemtests.http2.Http2Report;
import io.github.gracefulboot.systemtests.load.Mix;
import io.github.gracefulboot.test.Fleet;
import io.github.gracefulboot.test.Signal;
import io.github.gracefulboot.test.StopResult;
import io.github.gracefulboot.test.Times;
import io.github.gracefulboot.test.balancer.Balancer;
import io.github.gracefulboot.test.balancer.ConnectionBalancer;
import io.github.gracefulboot.test.balancer.Prober;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rolling restarts of two instances whose clients speak HTTP/2, behind a balancer of
 * connections that probes readiness.
 */
class Http2RestartTests {

	private static final int ROUNDS = Integer.getInteger("graceful.system-tests.rounds", 5);

	private static final Prober PROBER = Balancer.prober(Duration.ofSeconds(1)).actsAfter(Duration.ofMillis(500));

	/**
	 * Reactor Netty's limit is 0 unless set: a request with a body that asks for the
	 * upgrade is answered 413, stop or no stop. The other servers have none.
	 */
	private static final String[] HTTP2 = { "--server.http2.enabled=true",
			"--server.netty.h2c-max-content-length=1MB" };

	@OnServers({ SampleJar.NETTY, SampleJar.GRACEFUL, SampleJar.JETTY })
	void whenGracefulRestartsThenNoStreamFails(SampleJar jar) {
		restart(jar, ROUNDS, (report, stops, front) -> {
			assertThat(report.failed()).as(String.join("\n", report.failures())).isZero();
			assertThat(report.overHttp2()).isGreaterThan(report.total() * 9 / 10);
			assertThat(front.goneAway()).isGreaterThanOrEqualTo(stops.size());
			assertThat(stops).allSatisfy((stop) -> assertThat(stop).isClean().hasExitCode(0));
		});
	}

	@Tag("full")
	@Test
	void whenPlainBootRestartsThenStreamsFail() {
		restart(SampleJar.PLAIN_BOOT, Math.max(2, ROUNDS),
				(report, stops, front) -> assertThat(report.failed()).isPositive());
	}

	private void restart(SampleJar jar, int rounds, Outcome outcome) {
		try (Fleet fleet = App.fleet(jar, "http2-restart-" + jar, HTTP2).start()) {
			ConnectionBalancer front = (ConnectionBalancer) fleet.balance(PROBER.ofConnections());
			String uri = "http://127.0.0.1:%d%s".formatted(front.port(), Mix.path());
			try (Http2LoadProcess load = Http2LoadProcess.start(uri, fleet.getDirectory())) {
				fleet.restartInTurn(Times.times(rounds), Signal.SIGTERM);
				Http2Report report = load.stop();
				System.out.printf(
						"%s over HTTP/2: %d of %d requests failed in %d restarts, %d over HTTP/2, %d of %d connections "
								+ "told to go away, stops %s%n",
						jar, report.failed(), report.total(), 2 * rounds, report.overHttp2(), front.goneAway(),
						front.connections(), fleet.getStops());
				outcome.verify(report, fleet.getStops(), front);
			}
		}
	}

	private interface Outcome {

		void verify(Http2Report report, List<StopResult> stops, ConnectionBalancer front);

	}

}
