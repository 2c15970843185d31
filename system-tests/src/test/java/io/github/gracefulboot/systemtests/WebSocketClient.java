package io.github.gracefulboot.systemtests;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.gracefulboot.systemtests.app.AppProcess;

/**
 * Notes what came to its session, and how that ended.
 */
final class WebSocketClient implements WebSocket.Listener {

	static final String GOING_AWAY = "1001 Service is stopping";

	private final CompletableFuture<String> closed = new CompletableFuture<>();

	private final Queue<String> messages = new ConcurrentLinkedQueue<>();

	/**
	 * Sends a message that takes a while, and waits until it has begun.
	 */
	static WebSocketClient work(AppProcess process, String millis) {
		WebSocketClient client = new WebSocketClient();
		HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.buildAsync(URI.create("ws://localhost:%d/work".formatted(process.port())), client)
			.join()
			.sendText(millis, true)
			.join();
		process.awaitLog("Message of %s ms begins".formatted(millis));
		return client;
	}

	CompletableFuture<String> closed() {
		return this.closed;
	}

	Queue<String> messages() {
		return this.messages;
	}

	@Override
	public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
		this.messages.add(text.toString());
		socket.request(1);
		return null;
	}

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
