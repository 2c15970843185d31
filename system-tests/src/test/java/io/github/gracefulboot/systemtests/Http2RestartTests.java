package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.front.ConnectionFront;
import io.github.gracefulboot.systemtests.http2.Http2LoadProcess;
import io.github.gracefulboot.systemtests.http2.Http2Report;
import io.github.gracefulboot.systemtests.process.Exit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rolling restarts of two instances whose clients speak HTTP/2, behind a balancer of
 * connections that probes readiness.
 */
class Http2RestartTests {

	private static final int GRACEFUL_ROUNDS = Integer.getInteger("graceful.system-tests.rounds", 5);

	/**
	 * Reactor Netty's limit is 0 unless set: a request with a body that asks for the
	 * upgrade is answered 413, stop or no stop. The other servers have none.
	 */
	private static final String[] HTTP2 = { "--server.http2.enabled=true",
			"--server.netty.h2c-max-content-length=1MB" };

	private final List<AppProcess> instances = new ArrayList<>();

	private final List<Exit> exits = new ArrayList<>();

	private ConnectionFront front;

	private Http2LoadProcess load;

	@AfterEach
	void close() {
		if (this.load != null) {
			this.load.close();
		}
		this.front.close();
		this.instances.forEach(AppProcess::close);
	}

	@ParameterizedTest
	@EnumSource(names = { "GRACEFUL", "JETTY", "NETTY" })
	void whenGracefulRestartsThenNoStreamFails(SampleJar jar) {
		Http2Report report = restart(jar, GRACEFUL_ROUNDS);
		assertThat(report.failed()).as(String.join("\n", report.failures())).isZero();
		assertThat(report.overHttp2()).isGreaterThan(report.total() * 9 / 10);
		assertThat(this.front.goneAway()).isGreaterThanOrEqualTo(this.exits.size());
		assertThat(this.exits).allMatch((exit) -> exit.code() == 0);
	}

	@Test
	void whenPlainBootRestartsThenStreamsFail() {
		assertThat(restart(SampleJar.PLAIN_BOOT, Math.max(2, GRACEFUL_ROUNDS)).failed()).isPositive();
	}

	private Http2Report restart(SampleJar jar, int rounds) {
		Path directory = TestDirectory.create("http2-restart-" + jar);
		List<App> apps = List.of(App.of(jar, directory, HTTP2), App.of(jar, directory, HTTP2));
		this.front = new ConnectionFront(apps.stream().map(App::port).toList());
		apps.forEach((app) -> this.instances.add(app.start()));
		this.instances.forEach(this::awaitUp);
		this.load = Http2LoadProcess.start("http://127.0.0.1:%d/slow?ms=50".formatted(this.front.port()), directory);
		for (int round = 0; round < rounds; round++) {
			for (int i = 0; i < apps.size(); i++) {
				this.exits.add(this.instances.get(i).stop("TERM"));
				this.instances.set(i, apps.get(i).start());
				awaitUp(this.instances.get(i));
			}
		}
		Http2Report report = this.load.stop();
		System.out.printf(
				"%s over HTTP/2: %d of %d requests failed in %d restarts, %d over HTTP/2, %d of %d connections told "
						+ "to go away, stops %s ms%n",
				jar, report.failed(), report.total(), this.exits.size(), report.overHttp2(), this.front.goneAway(),
				this.front.connections(), this.exits.stream().map((exit) -> exit.took().toMillis()).toList());
		return report;
	}

	private void awaitUp(AppProcess instance) {
		instance.awaitReady();
		this.front.awaitUp(instance);
	}

}
