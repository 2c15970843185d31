package io.github.gracefulboot.systemtests;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.process.Exit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops the sample with many open WebSockets, and with none.
 */
@Tag("alone")
class WebSocketTests {

	private static final int SESSIONS = 1000;

	private static final int AT_ONCE = 50;

	private static final String GOING_AWAY = "1001 Service is stopping";

	@ParameterizedTest
	@EnumSource(value = SampleJar.class, names = { "GRACEFUL", "JETTY" })
	void whenThousandSessionsAreOpenThenEachIsClosedProperlyAndTheStopIsHardlyLonger(SampleJar jar) throws Exception {
		App app = App.of(jar, TestDirectory.create("websocket-" + jar));
		Exit without = stopWithNone(app);
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try (AppProcess process = app.startReady()) {
			List<Client> clients = open(HttpClient.newBuilder().executor(threads).build(), process.port());
			Exit exit = process.stop("TERM");
			CompletableFuture.allOf(clients.stream().map((client) -> client.closed).toArray(CompletableFuture[]::new))
				.get(10, TimeUnit.SECONDS);
			long properly = clients.stream().filter((client) -> client.closed.join().equals(GOING_AWAY)).count();
			System.out.printf(
					"WEBSOCKETS %d open on %s: %d closed with 1001, exit code %d after %d ms, with none %d ms%n",
					SESSIONS, jar, properly, exit.code(), exit.took().toMillis(), without.took().toMillis());
			assertThat(properly).isEqualTo(SESSIONS);
			assertThat(process.log()).contains("Of %d WebSocket sessions %d were closed".formatted(SESSIONS, SESSIONS));
			assertThat(exit.code()).isZero();
			assertThat(exit.took()).isLessThan(without.took().plusSeconds(10));
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static Exit stopWithNone(App app) {
		try (AppProcess process = app.startReady()) {
			return process.stop("TERM");
		}
	}

	private static List<Client> open(HttpClient http, int port) {
		URI uri = URI.create("ws://localhost:%d/echo".formatted(port));
		List<Client> clients = new ArrayList<>();
		while (clients.size() < SESSIONS) {
			List<CompletableFuture<?>> handshakes = new ArrayList<>();
			for (int i = 0; i < AT_ONCE; i++) {
				Client client = new Client();
				clients.add(client);
				handshakes.add(http.newWebSocketBuilder().buildAsync(uri, client));
			}
			handshakes.forEach(CompletableFuture::join);
		}
		return clients;
	}

	/**
	 * Notes how its session ended.
	 */
	private static final class Client implements WebSocket.Listener {

		private final CompletableFuture<String> closed = new CompletableFuture<>();

		@Override
		public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
			this.closed.complete(status + " " + reason);
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable error) {
			this.closed.complete(error.toString());
		}

	}

}
