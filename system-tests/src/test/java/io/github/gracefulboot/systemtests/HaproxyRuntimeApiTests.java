package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.Fleet;
import io.github.gracefulboot.test.RestartResult;
import io.github.gracefulboot.test.Signal;
import io.github.gracefulboot.test.StageTime;
import io.github.gracefulboot.test.Times;
import io.github.gracefulboot.test.balancer.Balancer;
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
	 * So many are sent before the first and after the last stop.
	 */
	private static final int REQUESTS = 40;

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
		try (Fleet fleet = App
			.fleet(SampleJar.GRACEFUL, "haproxy-runtime-api", "--graceful.balancer.haproxy.sockets=" + socket())
			.start()) {
			RestartResult result = fleet.traffic()
				.get("/slow?ms=200")
				.connections(4)
				.keepAlive(0)
				.through(Balancer.haproxy().runtimeApi(socket()))
				.during(() -> fleet.restartInTurn(Times.times(1), Signal.SIGTERM));
			System.out.printf("HAProxy's runtime API: %s", result);
			assertThat(result).sentAtLeast(2L * REQUESTS).lostNothing();
			assertThat(result.stops()).hasSize(2).allSatisfy((stop) -> {
				assertThat(stop).isClean().hasExitCode(0);
				assertThat(stop.getStages()).extracting(StageTime::because)
					.anyMatch((because) -> because.contains("HAProxy at " + socket() + " sends no more requests"))
					.noneMatch((because) -> because.contains("failing readiness responses"));
			});
		}
	}

	private Path socket() {
		return this.directory.resolve("admin.sock");
	}

}
