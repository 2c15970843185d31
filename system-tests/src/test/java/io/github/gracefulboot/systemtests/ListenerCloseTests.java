package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.http.FailureKind;
import io.github.gracefulboot.test.load.Failure;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Exit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients without a load balancer that open a connection for each request while the
 * listener closes. To be refused is their lot and safe to repeat; an established
 * connection must be served.
 */
class ListenerCloseTests {

	private static final Path DIRECTORY = TestDirectory.create("listener-close");

	private static final int STOPS = Integer.getInteger("graceful.system-tests.stops", 5);

	private static final Set<FailureKind> SAFE_TO_REPEAT = EnumSet.of(FailureKind.REFUSED, FailureKind.CONNECT_TIMEOUT);

	@ParameterizedTest
	@EnumSource(names = { "GRACEFUL", "JETTY", "NETTY" })
	void whenListenerClosesThenNoEstablishedConnectionIsLost(SampleJar jar) {
		assertThat(stopUnderLoad("with handshakes kept away, %s".formatted(jar), App.of(jar, DIRECTORY), STOPS))
			.isEmpty();
	}

	@Test
	void whenThereIsNoNativeLibraryThenSaysSoOnceAndStopsCleanly() {
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY).withJvmOptions("-Djna.nosys=true", "-Djna.noclasspath=true");
		stopUnderLoad("without JNA", app, Math.max(1, STOPS / 5));
		assertThat(app.log()).content().contains("is closed without being quiesced first");
	}

	@Test
	void whenJnaIsNotThereThenStartsAndStopsCleanly() {
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY).withoutLibrary("jna");
		stopOnceUnderLoad(app);
		assertThat(app.log()).content()
			.contains("is closed without being quiesced first (java.lang.NoClassDefFoundError");
	}

	private List<Failure> stopUnderLoad(String name, App app, int stops) {
		List<LoadReport> reports = IntStream.range(0, stops).mapToObj((stop) -> stopOnceUnderLoad(app)).toList();
		List<Failure> lost = reports.stream()
			.flatMap((report) -> report.failures().stream())
			.filter((failure) -> !SAFE_TO_REPEAT.contains(failure.kind()))
			.toList();
		System.out.printf("LISTENER closed %s: %d of %d requests lost in %d stops%n", name, lost.size(),
				reports.stream().mapToLong(LoadReport::ok).sum() + lost.size(), stops);
		return lost;
	}

	private LoadReport stopOnceUnderLoad(App app) {
		try (AppProcess process = app.startReady();
				LoadClient client = LoadClient.start(Load.of("POST", "/fast", false, 16), process.port())) {
			Awaitility.await("load").until(() -> client.total() > 500);
			Exit exit = process.stop("TERM");
			assertThat(exit.code()).isZero();
			return client.stop();
		}
	}

}
