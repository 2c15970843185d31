package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.load.Traffic;
import io.github.gracefulboot.test.balancer.Balancer;
import io.github.gracefulboot.test.balancer.Balancer.Backends;
import io.github.gracefulboot.test.balancer.RunningBalancer;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Exit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A real HAProxy that is told by its runtime API: its checks, of which it wants three
 * that fail, are not waited for.
 */
class HaproxyRuntimeApiTests {

	/**
	 * Not below the build's directory: the path of a Unix socket is short.
	 */
	private Path directory;

	@BeforeEach
	void createDirectory() throws IOException {
		this.directory = Files.createTempDirectory("haproxy");
	}

	@AfterEach
	void deleteDirectory() throws IOException {
		Files.deleteIfExists(socket());
		Files.delete(this.directory);
	}

	@Test
	void whenHaproxyIsToldThenNothingIsLostAndItsChecksAreNotWaitedFor() {
		Path logs = TestDirectory.create("haproxy-runtime-api");
		try (Instances instances = Instances.start(SampleJar.GRACEFUL, logs,
				"--graceful.balancer.haproxy.sockets=" + socket());
				RunningBalancer front = Balancer.haproxy()
					.runtimeApi(socket())
					.start(new Backends(instances.ports(), Readiness.PATH, logs))) {
			instances.awaitUp(front);
			try (SteadyLoad load = SteadyLoad.start(Traffic.SPARSE.loads(), front.port())) {
				List<Exit> exits = instances.restart(1, front);
				List<LoadReport> reports = load.stop();
				RestartReport report = new RestartReport("HAProxy's runtime API", logs, reports, exits,
						instances.outcomes());
				System.out.println(report.summary());
				assertThat(report.failed()).as(report::describeFailures).isZero();
				assertThat(report.exitCodes()).as(report::summary).containsExactly(0);
				assertThat(report.outcomes()).as(report::summary)
					.hasSize(2)
					.allMatch((outcome) -> outcome.contains("HAProxy at " + socket() + " sends no more requests"))
					.noneMatch((outcome) -> outcome.contains("failing readiness responses"));
			}
		}
	}

	private Path socket() {
		return this.directory.resolve("admin.sock");
	}

}
