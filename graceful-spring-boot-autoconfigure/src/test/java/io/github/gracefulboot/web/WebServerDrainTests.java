package io.github.gracefulboot.web;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DrainProperties.Streams;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.stream.LongLivedStreams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WebServerDrain}, besides those with a server.
 */
@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class WebServerDrainTests {

	private final Traffic traffic = new Traffic(System::nanoTime);

	private final InFlightRequests requests = new InFlightRequests(this.traffic);

	@Test
	void whenStreamsCannotBeEndedThenOthersAreAndRequestsAreWaitedFor(CapturedOutput output) throws Exception {
		CountDownLatch othersEnded = new CountDownLatch(1);
		LongLivedStreams withoutThread = (deadline) -> {
			throw new OutOfMemoryError("unable to create native thread");
		};
		WebServerDrain drain = new WebServerDrain(this.requests,
				() -> List.of(withoutThread, (deadline) -> othersEnded.countDown()), Streams.CLOSE, this.traffic,
				new WaitingPolicy(true, true, true, true, true, Duration.ZERO));
		drain.add(new IdleServer());
		drain.othersWereTold();
		InFlightRequest request = this.requests.begin("GET", "/slow");
		CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> drain(drain));
		othersEnded.await();
		assertThat(drained).isNotDone();
		this.requests.end(request);
		drained.get(10, TimeUnit.SECONDS);
		assertThat(output).containsOnlyOnce("Streams could not be ended, they are waited for");
	}

	private static void drain(WebServerDrain drain) {
		try {
			drain.drain(Deadline.after(System::nanoTime, Duration.ofSeconds(20)));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static final class IdleServer implements DrainableServer {

		@Override
		public List<OpenConnection> openConnections() {
			return List.of();
		}

		@Override
		public void tellClientsToLeave() {
		}

		@Override
		public void closeListeners(Deadline deadline) {
		}

		@Override
		public boolean closeIdleConnections() {
			return true;
		}

	}

}
