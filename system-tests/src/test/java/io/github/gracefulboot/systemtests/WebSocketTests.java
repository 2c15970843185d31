package io.github.gracefulboot.systemtests;

import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.OnServers;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.process.Exit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops the sample with many open WebSockets, with none, and with a message in hand.
 */
class WebSocketTests {

	private static final int SESSIONS = 1000;

	private static final int AT_ONCE = 50;

	@OnServers({ SampleJar.JETTY, SampleJar.GRACEFUL })
	void whenThousandSessionsAreOpenThenEachIsClosedProperlyAndTheStopIsHardlyLonger(SampleJar jar) throws Exception {
		App app = App.of(jar, TestDirectory.create("websocket-" + jar));
		Exit without = stopWithNone(app);
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try (AppProcess process = app.startReady()) {
			List<WebSocketClient> clients = open(HttpClient.newBuilder().executor(threads).build(), process.port());
			Exit exit = process.stop("TERM");
			CompletableFuture.allOf(clients.stream().map((client) -> client.closed()).toArray(CompletableFuture[]::new))
				.get(10, TimeUnit.SECONDS);
			long properly = clients.stream()
				.filter((client) -> client.closed().join().equals(WebSocketClient.GOING_AWAY))
				.count();
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

	@OnServers({ SampleJar.GRACEFUL, SampleJar.JETTY, SampleJar.NETTY })
	void whenMessageIsInHandThenItIsAnsweredBeforeTheSessionIsClosed(SampleJar jar) throws Exception {
		App app = App.of(jar, TestDirectory.create("websocket-message-" + jar));
		try (AppProcess process = app.startReady()) {
			WebSocketClient client = WebSocketClient.work(process, "4000");
			Exit exit = process.stop("TERM");
			System.out.printf("WEBSOCKET message of 4 s on %s: %s, %s, exit code %d after %d ms%n", jar,
					client.messages(), client.closed().getNow("open"), exit.code(), exit.took().toMillis());
			assertThat(client.closed().get(10, TimeUnit.SECONDS)).isEqualTo(WebSocketClient.GOING_AWAY);
			assertThat(client.messages()).containsExactly("done");
			assertThat(exit.code()).isZero();
			assertThat(process.log()).contains("Message of 4000 ms is done").doesNotContain("did not respond");
		}
	}

	@OnServers({ SampleJar.NETTY, SampleJar.JETTY, SampleJar.GRACEFUL })
	void whenMessageIsNotDoneInTimeThenItIsNamed(SampleJar jar) throws Exception {
		App app = App.of(jar, TestDirectory.create("websocket-late-" + jar), "--graceful.shutdown.timeout=3s");
		try (AppProcess process = app.startReady()) {
			WebSocketClient.work(process, "60000");
			assertThat(process.stop("TERM").code()).isOne();
			assertThat(process.log()).contains("Cut off: message of WebSocket /work for ");
		}
	}

	private static Exit stopWithNone(App app) {
		try (AppProcess process = app.startReady()) {
			return process.stop("TERM");
		}
	}

	private static List<WebSocketClient> open(HttpClient http, int port) {
		URI uri = URI.create("ws://localhost:%d/echo".formatted(port));
		List<WebSocketClient> clients = new ArrayList<>();
		while (clients.size() < SESSIONS) {
			List<CompletableFuture<?>> handshakes = new ArrayList<>();
			for (int i = 0; i < AT_ONCE; i++) {
				WebSocketClient client = new WebSocketClient();
				clients.add(client);
				handshakes.add(http.newWebSocketBuilder().buildAsync(uri, client));
			}
			handshakes.forEach(CompletableFuture::join);
		}
		return clients;
	}

}
