package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.util.List;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.OnServers;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.load.LoadReport;
import io.github.gracefulboot.systemtests.load.Traffic;
import io.github.gracefulboot.systemtests.process.Exit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One instance, no balancer: each process takes the port over from the one before.
 */
class HandOverTests {

	private static final int REPLACEMENTS = Integer.getInteger("graceful.system-tests.replacements", 4);

	private static final Path DIRECTORY = TestDirectory.create("hand-over");

	/**
	 * A path that is short enough for a socket.
	 */
	@TempDir
	private Path directory;

	private Path socket;

	@BeforeEach
	void setSocket() {
		this.socket = this.directory.resolve("handover.sock");
	}

	@OnServers({ SampleJar.GRACEFUL, SampleJar.JETTY, SampleJar.NETTY })
	void whenReplacedUnderLoadThenNothingIsLostAndNobodyWaitsForAStart(SampleJar jar) {
		App app = app(jar);
		AppProcess running = app.startReady();
		try (SteadyLoad load = SteadyLoad.start(Traffic.MIXED.loads(), app.port())) {
			for (int i = 0; i < REPLACEMENTS; i++) {
				AppProcess next = app.start();
				Exit exit = running.awaitExit(System.nanoTime());
				assertThat(exit.code()).as(running.log()).isZero();
				running.close();
				running = next;
				load.awaitMore();
			}
			List<LoadReport> reports = load.stop();
			System.out.printf("HAND-OVER %s: %d of %d requests failed in %d replacements%n", jar,
					SteadyLoad.failed(reports), SteadyLoad.total(reports), REPLACEMENTS);
			reports.forEach((report) -> System.out.println("  " + report));
			assertThat(SteadyLoad.failures(reports)).isEmpty();
		}
		finally {
			assertThat(running.stop("TERM").code()).isZero();
			running.close();
		}
	}

	/**
	 * Whatever becomes of the one that comes, the one that serves goes on to serve.
	 */
	@Test
	void whenTheNextDoesNotGetReadyThenTheRunningOneServesOn() {
		App app = app(SampleJar.GRACEFUL);
		try (AppProcess running = app.startReady();
				SteadyLoad load = SteadyLoad.start(Traffic.MIXED.loads(), app.port())) {

			try (AppProcess next = app
				.withArgs("--spring.datasource.url=jdbc:h2:tcp://127.0.0.1:1/none", "--graceful.startup.timeout=5s")
				.start()) {
				assertThat(next.awaitExit(System.nanoTime()).code()).as("fails its checks").isEqualTo(1);
				running.awaitLog("Process %d ended before it was ready".formatted(next.pid()));
			}
			try (AppProcess next = app(SampleJar.GRACEFUL).start()) {
				assertThat(next.awaitExit(System.nanoTime()).code()).as("has another port").isEqualTo(1);
				assertThat(next.log()).contains("listens on *:%d and this one is".formatted(app.port()),
						"A hand-over keeps the address: set server.port");
			}
			try (AppProcess next = app.withArgs("--sample.startup-delay=2m").start()) {
				running.awaitLog("Process %d is about to take the port over".formatted(next.pid()));
				try (AppProcess second = app.start()) {
					assertThat(second.awaitExit(System.nanoTime()).code()).as("a second one").isEqualTo(1);
					running.awaitLog("refuses: process %d is about to take the port over".formatted(next.pid()));
				}
				next.stop("KILL");
				running.awaitLog("Process %d ended before it was ready".formatted(next.pid()));
			}
			try (AppProcess next = app.withArgs("--sample.startup-delay=2m", "--graceful.startup.timeout=10s")
				.start()) {
				assertThat(next.awaitExit(System.nanoTime()).code()).as("hangs").isEqualTo(1);
				running.awaitLog("Process %d did not take the port over".formatted(next.pid()));
			}
			List<LoadReport> reports = load.stop();
			System.out.printf("HAND-OVER that does not come about: %d of %d requests failed%n",
					SteadyLoad.failed(reports), SteadyLoad.total(reports));
			assertThat(SteadyLoad.failures(reports)).isEmpty();
			assertThat(running.stop("TERM").code()).isZero();
		}
	}

	/**
	 * What the killed one had in hand is lost; nobody else notices.
	 */
	@Test
	void whenTheRunningOneIsKilledMeanwhileThenTheNextServes() {
		App app = app(SampleJar.GRACEFUL);
		try (AppProcess running = app.startReady();
				AppProcess next = app.withArgs("--sample.startup-delay=5s").start()) {
			running.awaitLog("Process %d is about to take the port over".formatted(next.pid()));
			running.stop("KILL");
			next.awaitReady();
			try (AppProcess last = app.start()) {
				next.awaitExit(System.nanoTime());
				assertThat(last.stop("TERM").code()).isZero();
			}
			assertThat(this.socket).doesNotExist();
		}
	}

	private App app(SampleJar jar) {
		return App.of(jar, DIRECTORY, "--graceful.handover.path=" + this.socket);
	}

}
