package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.http.HttpConnection;
import io.github.gracefulboot.systemtests.http.HttpFailureException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The time from the last response to the exit, compared with plain Spring Boot.
 */
@Tag("alone")
class ExitLatencyTests {

	private static final Path DIRECTORY = TestDirectory.create("exit-latency");

	private static final int STOPS = 5;

	/**
	 * Plain Spring Boot looks each 50 ms whether a request is still in flight. The
	 * requests of the stops end evenly spread over that time.
	 */
	private static final int PLAIN_BOOTS_POLL = 50;

	/**
	 * What the medians of two equal programs differ by on a busy machine.
	 */
	private static final Duration NOISE = Duration.ofMillis(30);

	@Test
	void whenLastResponseIsSentThenExitIsNoLaterThanPlainBoots() {
		Duration plainBoot = medianExitLatency(SampleJar.PLAIN_BOOT);
		Duration graceful = medianExitLatency(SampleJar.GRACEFUL);
		System.out.printf("EXIT after the last response: median %d ms, plain Boot %d ms%n", graceful.toMillis(),
				plainBoot.toMillis());
		assertThat(graceful).isLessThanOrEqualTo(plainBoot.plus(NOISE));
	}

	private Duration medianExitLatency(SampleJar jar) {
		return IntStream.range(0, STOPS)
			.mapToObj((stop) -> exitLatency(jar, 1000 + stop * PLAIN_BOOTS_POLL / STOPS))
			.sorted()
			.skip(STOPS / 2)
			.findFirst()
			.orElseThrow();
	}

	private Duration exitLatency(SampleJar jar, int millis) {
		try (AppProcess process = App.of(jar, DIRECTORY).startReady()) {
			CompletableFuture<Long> answered = CompletableFuture.supplyAsync(() -> request(process.port(), millis));
			process.awaitLog("Slow request of %d ms begins".formatted(millis));
			process.signal("TERM");
			return process.awaitExit(answered.join()).took();
		}
	}

	/**
	 * Sends a request and returns the {@link System#nanoTime()} of its response.
	 */
	private long request(int port, int millis) {
		try {
			assertThat(HttpConnection.get(port, "/slow?ms=" + millis, Duration.ofSeconds(10)).isSuccess()).isTrue();
			return System.nanoTime();
		}
		catch (HttpFailureException ex) {
			throw new IllegalStateException("The last request was lost", ex);
		}
	}

}
