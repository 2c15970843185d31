package io.github.gracefulboot.web.websocket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Background;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.web.RawClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real server with open WebSocket sessions.
 */
abstract class AbstractWebSocketDrainTests {

	static final String GOING_AWAY = "1001 Service is stopping";

	private static final String HANDSHAKE = """
			GET %s HTTP/1.1
			Host: localhost
			Connection: Upgrade
			Upgrade: websocket
			Sec-WebSocket-Version: 13
			Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

			""";

	ConfigurableApplicationContext context;

	CompletableFuture<Void> closed;

	ShutdownSequence shutdown;

	private volatile Stage stage = Stage.RUNNING;

	private final Class<?> application;

	private final WebApplicationType type;

	/**
	 * Creates the tests.
	 * @param application an application with the server, {@link Sessions} and a handler
	 * at {@code /echo} that answers each message with the same one, and {@code flood}
	 * with more than a client's buffers can hold, and works at {@code work}
	 * @param type the type of the application
	 */
	AbstractWebSocketDrainTests(Class<?> application, WebApplicationType type) {
		this.application = application;
		this.type = type;
	}

	@AfterEach
	void close() {
		if (this.context != null) {
			this.context.close();
		}
	}

	@Test
	void whenDrainBeginsThenSessionIsClosedAndHandlerHearsOfItWhileBeansAreAlive() throws Exception {
		start();
		whenDrainBeginsThenSessionIsClosed("/echo");
	}

	void whenDrainBeginsThenSessionIsClosed(String path) throws Exception {
		Sessions sessions = this.context.getBean(Sessions.class);
		Client client = connect(path);
		assertThat(client.send("hello")).isEqualTo("hello");
		stop();
		assertThat(client.closed).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(GOING_AWAY);
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(sessions.ends).containsExactly("alive");
		assertThat(this.shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenMessageIsInHandThenItIsAnsweredBeforeTheSessionIsClosed() throws Exception {
		start();
		whenMessageIsInHandThenItIsAnsweredBeforeTheSessionIsClosed(connect("/echo"), "work", "done alive");
	}

	/**
	 * Stops while a message is in hand, and finishes it when the drain has begun. The
	 * session without a message in hand does not wait for it.
	 */
	void whenMessageIsInHandThenItIsAnsweredBeforeTheSessionIsClosed(Client busy, String message, String reply)
			throws Exception {
		Sessions sessions = this.context.getBean(Sessions.class);
		Client idle = connect("/echo");
		busy.socket.sendText(message, true).join();
		sessions.awaitWork();
		stop();
		assertThat(idle.closed).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(GOING_AWAY);
		awaitTasksOfWebSockets("(STOMP )?message .*for \\d+\\.\\d s.*");
		assertThat(busy.closed).isNotDone();
		assertThat(this.closed).isNotDone();
		sessions.finishWork();
		assertThat(busy.messages.poll(10, TimeUnit.SECONDS)).contains(reply);
		assertThat(busy.closed).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(GOING_AWAY);
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(this.shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenMessageIsNotDoneInTimeThenItIsNamed() throws Exception {
		start("--graceful.shutdown.timeout=3s");
		Sessions sessions = this.context.getBean(Sessions.class);
		Client busy = connect("/echo");
		busy.socket.sendText("work", true).join();
		sessions.awaitWork();
		try {
			this.context.close();
		}
		finally {
			sessions.finishWork();
		}
		assertThat(this.shutdown.finish().cutOff()).anySatisfy(
				(what) -> assertThat(what).matches("message of WebSocket /echo for \\d+\\.\\d s( on thread .+)?"));
	}

	@Test
	void whileLameDuckThenHandshakeSucceeds() throws Exception {
		start("--graceful.lame-duck.min=2s");
		stop();
		awaitStage(Stage.LAME_DUCK);
		try (RawClient raw = rawClient()) {
			assertThat(raw.send(HANDSHAKE.formatted("/echo")).headers()).startsWith("HTTP/1.1 101")
				.containsIgnoringCase("Connection: upgrade")
				.doesNotContainIgnoringCase("close");
			Client client = connect("/echo");
			assertThat(client.send("hello")).isEqualTo("hello");
			assertThat(client.closed).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(GOING_AWAY);
		}
	}

	@Test
	void whileDrainingThenHandshakeIsRefusedAndOpenSessionsAreWaitedForIfWanted() throws Exception {
		start("--graceful.drain.streams=wait");
		whileDrainingThenHandshakeIsRefused("/echo");
	}

	void whileDrainingThenHandshakeIsRefused(String path) throws Exception {
		Client client = connect(path);
		try (RawClient late = rawClient()) {
			late.get("/nothing").response();
			stop();
			awaitStage(Stage.DRAIN);
			assertThat(this.shutdown.getActiveTasks()).singleElement().hasToString("WebSocket " + path);
			assertThat(client.send("hello")).isEqualTo("hello");
			assertThat(late.send(HANDSHAKE.formatted(path)).response()).startsWith("HTTP/1.1 503")
				.containsIgnoringCase("Retry-After: 1")
				.containsIgnoringCase("Connection: close");
			assertThat(this.closed).isNotDone();
			client.socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(this.shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenSessionsAreWaitedForThenTheyAreClosedBeforeTheTimeIsOver() throws Exception {
		start("--graceful.drain.streams=wait", "--graceful.shutdown.timeout=4s");
		Client client = connect("/echo");
		stop();
		assertThat(client.closed).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(GOING_AWAY);
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(this.shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenClientDoesNotAnswerTheCloseThenTheStopGoesOn() throws Exception {
		start();
		Sessions sessions = this.context.getBean(Sessions.class);
		try (RawClient silent = rawClient()) {
			assertThat(silent.send(HANDSHAKE.formatted("/echo")).headers()).startsWith("HTTP/1.1 101");
			awaitSessions(1);
			stop();
			assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		}
		assertThat(sessions.ends).containsExactly("alive");
		assertThat(this.shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenClientDoesNotReadThenItHoldsUpNobody() throws Exception {
		start();
		try (Socket socket = new Socket()) {
			socket.setReceiveBufferSize(1024);
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
			RawClient deaf = new RawClient(socket);
			assertThat(deaf.send(HANDSHAKE.formatted("/echo")).headers()).startsWith("HTTP/1.1 101");
			socket.getOutputStream().write(maskedText("flood"));
			Client client = connect("/echo");
			awaitSessions(2);
			this.context.getBean(Sessions.class).awaitFlooded();
			stop();
			assertThat(client.closed).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(GOING_AWAY);
			assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		}
		assertThat(this.shutdown.finish().isClean()).isTrue();
	}

	/**
	 * Waits until there is a single WebSocket.
	 */
	void awaitTasksOfWebSockets(String pattern) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.context.getBean(WebSocketDrain.class).openStreams()).singleElement()
				.asString()
				.matches(pattern));
	}

	private static byte[] maskedText(String text) {
		byte[] frame = new byte[6 + text.length()];
		frame[0] = (byte) 0x81;
		frame[1] = (byte) (0x80 | text.length());
		for (int i = 0; i < text.length(); i++) {
			frame[6 + i] = (byte) text.charAt(i);
		}
		return frame;
	}

	private void awaitSessions(int count) {
		Awaitility.await().until(() -> this.context.getBean(WebSocketDrain.class).openStreams().size() == count);
	}

	void start(String... args) {
		SpringApplication application = new SpringApplication(this.application);
		application.setWebApplicationType(this.type);
		application.setDefaultProperties(Map.of("server.port", "0", "graceful.lame-duck.quiet-period", "100ms",
				"graceful.shutdown.exit-codes", "false"));
		application.addListeners((ApplicationListener<StageChangedEvent>) (event) -> this.stage = event.getStage());
		this.context = application.run(args);
		this.shutdown = this.context.getBean(ShutdownSequence.class);
	}

	void stop() {
		this.closed = Background.run(this.context::close);
	}

	void awaitStage(Stage stage) {
		Awaitility.await().until(() -> this.stage.compareTo(stage) >= 0);
	}

	private RawClient rawClient() throws IOException {
		return new RawClient(port());
	}

	private int port() {
		return ((WebServerApplicationContext) this.context).getWebServer().getPort();
	}

	Client connect(String path) {
		Client client = new Client();
		client.socket = HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.buildAsync(URI.create("ws://localhost:%d%s".formatted(port(), path)), client)
			.join();
		return client;
	}

	/**
	 * A client that notes what it is told.
	 */
	static final class Client implements WebSocket.Listener {

		final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

		final CompletableFuture<String> closed = new CompletableFuture<>();

		WebSocket socket;

		String send(String text) throws InterruptedException {
			this.socket.sendText(text, true).join();
			return this.messages.poll(10, TimeUnit.SECONDS);
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
			this.closed.completeExceptionally(error);
		}

	}

	/**
	 * What handlers need until their sessions have ended.
	 */
	static final class Sessions implements DisposableBean {

		private static final String MUCH = "x".repeat(8192);

		private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

		final BlockingQueue<String> ended = new LinkedBlockingQueue<>();

		private final CompletableFuture<Void> flooded = new CompletableFuture<>();

		private final CompletableFuture<Void> begun = new CompletableFuture<>();

		private final CompletableFuture<Void> finished = new CompletableFuture<>();

		private volatile String state = "alive";

		/**
		 * Works until {@link #finishWork()} is called.
		 */
		String work() {
			this.begun.complete(null);
			this.finished.join();
			return "done " + this.state;
		}

		void workBegan() {
			this.begun.complete(null);
		}

		void awaitWork() {
			assertThat(this.begun).succeedsWithin(Duration.ofSeconds(10));
		}

		void finishWork() {
			this.finished.complete(null);
		}

		void ended() {
			this.ends.add(this.state);
		}

		/**
		 * Sends more than fits into any buffer.
		 */
		void flood(Sender sender) {
			try {
				for (int i = 0; i < 4000; i++) {
					sender.send(much(i));
				}
			}
			catch (IOException | RuntimeException ex) {
				// The client was cut off
			}
		}

		String much(int sent) {
			if (sent == 3) {
				this.flooded.complete(null);
			}
			return MUCH;
		}

		void awaitFlooded() {
			assertThat(this.flooded).succeedsWithin(Duration.ofSeconds(10));
		}

		@Override
		public void destroy() {
			this.state = "destroyed";
		}

		/**
		 * Sends one message.
		 */
		@FunctionalInterface
		interface Sender {

			void send(String text) throws IOException;

		}

	}

}
