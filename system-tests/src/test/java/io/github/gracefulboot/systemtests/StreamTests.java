package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.OnServers;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.load.EventStreams;
import io.github.gracefulboot.test.process.Exit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops the sample while clients listen to events that never end.
 */
class StreamTests {

	private static final Path DIRECTORY = TestDirectory.create("streams");

	private static final int STREAMS = 1000;

	private static final Duration LONGER = Duration.ofSeconds(10);

	@OnServers({ SampleJar.GRACEFUL, SampleJar.JETTY })
	void whenAThousandStreamsAreOpenThenEachEndsAndTheStopTakesLittleLonger(SampleJar jar) {
		App app = App.of(jar, DIRECTORY);
		Exit withNone = stopWithoutStreams(app);
		try (AppProcess process = app.startReady()) {
			EventStreams streams = EventStreams.open(STREAMS, process.port());
			Exit exit = process.stop("TERM");
			long ended = streams.endedOrderly("farewell");
			System.out.printf("STREAMS on %s: %d of %d ended orderly, stop took %d ms, %d ms with none%n", jar, ended,
					STREAMS, exit.took().toMillis(), withNone.took().toMillis());
			assertThat(exit.code()).isZero();
			assertThat(ended).isEqualTo(STREAMS);
			assertThat(exit.took()).isLessThan(withNone.took().plus(LONGER));
		}
	}

	private static Exit stopWithoutStreams(App app) {
		try (AppProcess process = app.startReady()) {
			Exit exit = process.stop("TERM");
			assertThat(exit.code()).isZero();
			return exit;
		}
	}

}
