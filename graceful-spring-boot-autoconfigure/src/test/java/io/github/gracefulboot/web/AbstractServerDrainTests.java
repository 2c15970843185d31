package io.github.gracefulboot.web;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Background;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.Traffic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real server with real connections in every state.
 */
public abstract class AbstractServerDrainTests {

	protected ConfigurableApplicationContext context;

	protected CompletableFuture<Void> closed;

	protected Fixture fixture;

	private final SlowListener listener = new SlowListener();

	private final Class<?> application;

	private final WebApplicationType type;

	/**
	 * Creates the tests.
	 * @param application an application with the server, a {@link Fixture} that answers
	 * {@code done} to every request, and a {@link StageLatch}
	 * @param type the type of the application
	 */
	protected AbstractServerDrainTests(Class<?> application, WebApplicationType type) {
		this.application = application;
		this.type = type;
	}

	@AfterEach
	void close() {
		if (this.context != null) {
			this.fixture.release();
			this.listener.release();
		}
		if (this.closed != null) {
			// To close it again would interrupt that, and servers share static resources
			assertThat(this.closed).succeedsWithin(Duration.ofSeconds(30));
		}
		else if (this.context != null) {
			this.context.close();
		}
	}

	@Test
	void whenRequestIsInFlightThenItsAnswerIsCompleteAndTellsTheClientToLeave() throws Exception {
		start();
		try (RawClient client = connect().get("/block")) {
			this.fixture.awaitEntered();
			stopUntil(Stage.DRAIN);
			this.fixture.release();
			assertThat(client.response()).startsWith("HTTP/1.1 200")
				.containsIgnoringCase("Connection: close")
				.containsIgnoringCase("Content-Length: 4")
				.endsWith("done");
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whenAnswerInFlightHasNoLengthThenItStaysChunked() throws Exception {
		start();
		try (RawClient client = connect().get("/block?chunked")) {
			this.fixture.awaitEntered();
			stopUntil(Stage.DRAIN);
			this.fixture.release();
			assertThat(client.response()).containsIgnoringCase("Connection: close")
				.containsIgnoringCase("Transfer-Encoding: chunked")
				.endsWith("4\r\ndone\r\n0\r\n\r\n");
			assertThat(client.isClosedByServer()).isTrue();
		}
	}

	@Test
	void whileLameDuckThenRequestsOnOpenAndNewConnectionsAreServedAndToldToLeave() throws Exception {
		start("--graceful.lame-duck.min=2s");
		try (RawClient open = connect()) {
			assertThat(open.get("/fast").response()).doesNotContainIgnoringCase("Connection: close");
			stopUntil(Stage.LAME_DUCK);
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200")
				.containsIgnoringCase("Connection: close");
			assertThat(open.isClosedByServer()).isTrue();
			try (RawClient late = connect()) {
				assertThat(late.get("/fast").response()).startsWith("HTTP/1.1 200")
					.containsIgnoringCase("Connection: close");
			}
		}
	}

	@Test
	void whileDrainingThenRequestOnAnOpenConnectionIsServed() throws Exception {
		start();
		try (RawClient blocked = connect(); RawClient open = connect()) {
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200");
			blocked.get("/block");
			this.fixture.awaitEntered();
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200")
				.containsIgnoringCase("Connection: close");
			this.fixture.release();
			assertThat(blocked.response()).endsWith("done");
		}
	}

	@Test
	void whenRequestIsOnlyHalfReadThenItsRestIsWaitedForAndServed() throws Exception {
		start("--graceful.lame-duck.quiet-period=5s");
		try (RawClient client = connect().send("GET /fast HTTP/1.1\nHost: lo")) {
			awaitState(OpenConnection.State.READING);
			stopUntil(Stage.LAME_DUCK);
			client.send("calhost\n\n");
			assertThat(client.response()).startsWith("HTTP/1.1 200").containsIgnoringCase("Connection: close");
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whenTheBalancerIsNotWaitedForThenWhatClientsBeganIsStillServed() throws Exception {
		start("--graceful.lame-duck.enabled=false", "--graceful.lame-duck.quiet-period=5s");
		try (RawClient blocked = connect().get("/block");
				RawClient client = connect().send("GET /fast HTTP/1.1\nHost: lo")) {
			this.fixture.awaitEntered();
			awaitState(OpenConnection.State.READING);
			stopUntil(Stage.DRAIN);
			this.fixture.release();
			assertThat(blocked.response()).endsWith("done");
			client.send("calhost\n\n");
			assertThat(client.response()).startsWith("HTTP/1.1 200");
		}
	}

	@Test
	void whenClientNeverSendsTheRestOfItsRequestThenTheStopDoesNotWaitForIt() throws Exception {
		start();
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		try (RawClient client = connect().send("GET /fast HTTP/1.1\nHost: lo")) {
			awaitState(OpenConnection.State.READING);
			stopUntil(Stage.RELEASE);
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenConnectionIsIdleThenItIsClosedAtTheEnd() throws Exception {
		start();
		try (RawClient idle = connect()) {
			assertThat(idle.get("/fast").response()).startsWith("HTTP/1.1 200");
			stopUntil(Stage.RELEASE);
			assertThat(idle.isClosedByServer()).isTrue();
		}
	}

	@Test
	void whenTheTimeOfTheDrainIsOverThenRequestsThatStillComeAreSentElsewhere() throws Exception {
		start("--graceful.shutdown.timeout=2s", "--graceful.shutdown.force-exit=false");
		this.listener.hold();
		try (RawClient blocked = connect(); RawClient open = connect()) {
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200");
			blocked.get("/block");
			this.fixture.awaitEntered();
			stopUntil(Stage.RELEASE);
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 503")
				.containsIgnoringCase("Retry-After: 1")
				.containsIgnoringCase("Connection: close");
			assertThat(open.isClosedByServer()).isTrue();
		}
	}

	@Test
	void whenStoppedThenTimelineHasNoCutOff() throws Exception {
		start();
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		stopUntil(Stage.RELEASE);
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	protected void start(String... args) {
		SpringApplication application = new SpringApplication(this.application);
		application.setWebApplicationType(this.type);
		application.setDefaultProperties(Map.of("server.port", "0", "graceful.lame-duck.quiet-period", "100ms",
				"graceful.shutdown.exit-codes", "false"));
		application
			.addInitializers((context) -> context.getBeanFactory().registerSingleton("slowListener", this.listener));
		this.context = application.run(args);
		this.fixture = this.context.getBean(Fixture.class);
	}

	protected RawClient connect() throws IOException {
		return new RawClient(server().getPort());
	}

	protected WebServer server() {
		return ((WebServerApplicationContext) this.context).getWebServer();
	}

	protected void stopUntil(Stage stage) throws InterruptedException {
		StageLatch latch = this.context.getBean(StageLatch.class);
		this.closed = Background.run(this.context::close);
		latch.await(stage);
	}

	protected void awaitListenerClosed() {
		Awaitility.await().until(() -> server().getPort() == -1);
	}

	protected void awaitState(OpenConnection.State state) {
		Awaitility.await()
			.until(() -> this.context.getBean(Traffic.class)
				.openConnections()
				.stream()
				.anyMatch((connection) -> connection.state() == state));
	}

	/**
	 * Lets a test wait for a stage.
	 */
	public static class StageLatch {

		private final Map<Stage, CountDownLatch> latches = new ConcurrentHashMap<>();

		@EventListener
		void on(StageChangedEvent event) {
			latch(event.getStage()).countDown();
		}

		/**
		 * Waits until a stage begins.
		 * @param stage the stage
		 * @throws InterruptedException if the thread is interrupted
		 */
		public void await(Stage stage) throws InterruptedException {
			assertThat(latch(stage).await(10, TimeUnit.SECONDS)).isTrue();
		}

		private CountDownLatch latch(Stage stage) {
			return this.latches.computeIfAbsent(stage, (key) -> new CountDownLatch(1));
		}

	}

	/**
	 * Something that takes its time in the phase before the web server is stopped.
	 */
	private static final class SlowListener implements SmartLifecycle {

		private volatile CompletableFuture<Void> finished = CompletableFuture.completedFuture(null);

		private volatile boolean running;

		void hold() {
			this.finished = new CompletableFuture<>();
		}

		void release() {
			this.finished.complete(null);
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop(Runnable callback) {
			this.finished.thenRun(() -> {
				stop();
				callback.run();
			});
		}

		@Override
		public void stop() {
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

	/**
	 * Answers at once, or, below {@code /block}, when it is released.
	 */
	protected interface Fixture {

		/**
		 * Waits until a request is blocked.
		 */
		void awaitEntered();

		void release();

	}

}
