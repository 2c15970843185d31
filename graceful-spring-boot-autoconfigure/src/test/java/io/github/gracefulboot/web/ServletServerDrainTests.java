package io.github.gracefulboot.web;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.shutdown.GracefulShutdown;
import io.github.gracefulboot.shutdown.Stage;
import io.github.gracefulboot.shutdown.StageChangedEvent;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.Traffic;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real servlet container with real connections in every state.
 */
public abstract class ServletServerDrainTests {

	protected ConfigurableApplicationContext context;

	protected BlockingServlet servlet;

	protected CompletableFuture<Void> closed;

	private final Class<?> application;

	/**
	 * Creates the tests.
	 * @param application an application with the server, {@link Application} and, with
	 * the property {@code additional}, a second connector
	 */
	protected ServletServerDrainTests(Class<?> application) {
		this.application = application;
	}

	/**
	 * Returns the port of the second connector.
	 */
	protected abstract int additionalPort();

	/**
	 * Returns the arguments with which the server has a single thread for requests.
	 */
	protected abstract String[] oneThread();

	@AfterEach
	void close() {
		if (this.context != null) {
			this.servlet.release.countDown();
			this.context.close();
		}
	}

	@Test
	void whenRequestIsInFlightThenItsAnswerIsCompleteAndTellsTheClientToLeave() throws Exception {
		start();
		try (RawClient client = connect().get("/block")) {
			this.servlet.awaitEntered();
			stopUntil(Stage.DRAIN);
			this.servlet.release.countDown();
			assertThat(client.response()).startsWith("HTTP/1.1 200")
				.contains("Connection: close")
				.contains("Content-Length: 4")
				.endsWith("done");
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whenAnswerInFlightHasNoLengthThenItStaysChunked() throws Exception {
		start();
		try (RawClient client = connect().get("/block?chunked")) {
			this.servlet.awaitEntered();
			stopUntil(Stage.DRAIN);
			this.servlet.release.countDown();
			assertThat(client.response()).contains("Connection: close")
				.contains("Transfer-Encoding: chunked")
				.endsWith("4\r\ndone\r\n0\r\n\r\n");
			assertThat(client.isClosedByServer()).isTrue();
		}
	}

	@Test
	void whenRequestIsAsynchronousThenItIsWaitedFor() throws Exception {
		start();
		try (RawClient client = connect().get("/block?async")) {
			AsyncContext async = this.servlet.asyncContexts.poll(10, TimeUnit.SECONDS);
			stopUntil(Stage.DRAIN);
			assertThat(this.context.getBean(GracefulShutdown.class).activeTasks()).singleElement()
				.asString()
				.startsWith("GET /block");
			async.getResponse().getWriter().print("late");
			async.complete();
			assertThat(client.response()).startsWith("HTTP/1.1 200").endsWith("late");
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whileLameDuckThenRequestsOnOpenAndNewConnectionsAreServedAndToldToLeave() throws Exception {
		start("--graceful.lame-duck.min=2s");
		try (RawClient open = connect()) {
			assertThat(open.get("/fast").response()).doesNotContain("Connection: close");
			stopUntil(Stage.LAME_DUCK);
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200").contains("Connection: close");
			assertThat(open.isClosedByServer()).isTrue();
			try (RawClient late = connect()) {
				assertThat(late.get("/fast").response()).startsWith("HTTP/1.1 200").contains("Connection: close");
			}
		}
	}

	@Test
	void whileDrainingThenRequestOnAnOpenConnectionIsServed() throws Exception {
		start();
		try (RawClient blocked = connect(); RawClient open = connect()) {
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200");
			blocked.get("/block");
			this.servlet.awaitEntered();
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200").contains("Connection: close");
			this.servlet.release.countDown();
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
			assertThat(client.response()).startsWith("HTTP/1.1 200").contains("Connection: close");
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whenClientNeverSendsTheRestOfItsRequestThenTheStopDoesNotWaitForIt() throws Exception {
		start();
		GracefulShutdown shutdown = this.context.getBean(GracefulShutdown.class);
		try (RawClient client = connect().send("GET /fast HTTP/1.1\nHost: lo")) {
			awaitState(OpenConnection.State.READING);
			stopUntil(Stage.RELEASE);
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenThereIsAnAdditionalConnectorThenItIsDrainedToo() throws Exception {
		start("--additional=true");
		try (RawClient client = new RawClient(additionalPort()).get("/block")) {
			this.servlet.awaitEntered();
			stopUntil(Stage.DRAIN);
			Awaitility.await().until(() -> additionalPort() < 0);
			this.servlet.release.countDown();
			assertThat(client.response()).contains("Connection: close").endsWith("done");
		}
	}

	@Test
	void whenRequestWaitsForAThreadThenItIsServed() throws Exception {
		start(oneThread());
		try (RawClient first = connect().get("/block"); RawClient second = connect()) {
			this.servlet.awaitEntered();
			second.get("/fast");
			Awaitility.await()
				.until(() -> this.context.getBean(Traffic.class)
					.openConnections()
					.stream()
					.filter((connection) -> connection.state() == OpenConnection.State.BUSY)
					.count() == 2);
			stopUntil(Stage.DRAIN);
			this.servlet.release.countDown();
			assertThat(first.response()).endsWith("done");
			assertThat(second.response()).startsWith("HTTP/1.1 200");
		}
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
	void whenStoppedThenTimelineHasNoCutOff() throws Exception {
		start();
		GracefulShutdown shutdown = this.context.getBean(GracefulShutdown.class);
		stopUntil(Stage.RELEASE);
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	protected void start(String... args) {
		SpringApplication application = new SpringApplication(this.application);
		application.setDefaultProperties(Map.of("server.port", "0", "graceful.lame-duck.quiet-period", "100ms",
				"graceful.shutdown.exit-codes", "false"));
		this.context = application.run(args);
		this.servlet = this.context.getBean(BlockingServlet.class);
	}

	protected RawClient connect() throws IOException {
		return new RawClient(server().getPort());
	}

	protected WebServer server() {
		return ((WebServerApplicationContext) this.context).getWebServer();
	}

	protected void stopUntil(Stage stage) throws InterruptedException {
		StageLatch latch = this.context.getBean(StageLatch.class);
		this.closed = CompletableFuture.runAsync(this.context::close);
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
	 * What the application of each server is made of.
	 */
	public static class Application {

		@Bean
		BlockingServlet blockingServlet() {
			return new BlockingServlet();
		}

		@Bean
		ServletRegistrationBean<BlockingServlet> registration(BlockingServlet servlet) {
			return new ServletRegistrationBean<>(servlet, "/*");
		}

		@Bean
		StageLatch stageLatch() {
			return new StageLatch();
		}

	}

	/**
	 * Lets a test wait for a stage.
	 */
	protected static class StageLatch {

		private final Map<Stage, CountDownLatch> latches = new ConcurrentHashMap<>();

		@EventListener
		void on(StageChangedEvent event) {
			latch(event.getStage()).countDown();
		}

		void await(Stage stage) throws InterruptedException {
			assertThat(latch(stage).await(10, TimeUnit.SECONDS)).isTrue();
		}

		private CountDownLatch latch(Stage stage) {
			return this.latches.computeIfAbsent(stage, (key) -> new CountDownLatch(1));
		}

	}

	/**
	 * Answers at once, or when it is released.
	 */
	protected static class BlockingServlet extends HttpServlet {

		private final transient CountDownLatch entered = new CountDownLatch(1);

		public final transient CountDownLatch release = new CountDownLatch(1);

		private final transient BlockingQueue<AsyncContext> asyncContexts = new LinkedBlockingQueue<>();

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			String query = String.valueOf(request.getQueryString());
			if (query.equals("async")) {
				this.asyncContexts.add(request.startAsync());
				return;
			}
			if (request.getRequestURI().equals("/block")) {
				this.entered.countDown();
				await(this.release);
			}
			if (query.equals("empty")) {
				response.setStatus(HttpServletResponse.SC_NO_CONTENT);
				return;
			}
			response.getWriter().print("done");
			if (query.equals("chunked")) {
				response.flushBuffer();
			}
		}

		public void awaitEntered() {
			await(this.entered);
		}

		private static void await(CountDownLatch latch) {
			try {
				assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
