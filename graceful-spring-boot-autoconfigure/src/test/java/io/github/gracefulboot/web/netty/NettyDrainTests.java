package io.github.gracefulboot.web.netty;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.shutdown.GracefulShutdown;
import io.github.gracefulboot.shutdown.Stage;
import io.github.gracefulboot.shutdown.StageChangedEvent;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.RawClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real Reactor Netty with real connections in every state.
 */
class NettyDrainTests {

	private ConfigurableApplicationContext context;

	private BlockingHandler handler;

	private CompletableFuture<Void> closed;

	@AfterEach
	void close() {
		if (this.context != null) {
			this.handler.release.tryEmitEmpty();
			this.context.close();
		}
	}

	@Test
	void whenRequestIsInFlightThenItsAnswerIsCompleteAndTellsTheClientToLeave() throws Exception {
		start();
		try (RawClient client = connect().get("/block")) {
			this.handler.awaitEntered();
			stopUntil(Stage.DRAIN);
			this.handler.release.tryEmitEmpty();
			assertThat(client.response()).startsWith("HTTP/1.1 200")
				.contains("connection: close")
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
			this.handler.awaitEntered();
			stopUntil(Stage.DRAIN);
			this.handler.release.tryEmitEmpty();
			assertThat(client.response()).contains("connection: close")
				.contains("transfer-encoding: chunked")
				.endsWith("0\r\n\r\n");
			assertThat(client.isClosedByServer()).isTrue();
		}
	}

	@Test
	void whileLameDuckThenRequestsOnOpenAndNewConnectionsAreServedAndToldToLeave() throws Exception {
		start("--graceful.lame-duck.min=2s");
		try (RawClient open = connect()) {
			assertThat(open.get("/fast").response()).doesNotContain("connection: close");
			stopUntil(Stage.LAME_DUCK);
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200").contains("connection: close");
			assertThat(open.isClosedByServer()).isTrue();
			try (RawClient late = connect()) {
				assertThat(late.get("/fast").response()).startsWith("HTTP/1.1 200").contains("connection: close");
			}
		}
	}

	@Test
	void whileDrainingThenRequestOnAnOpenConnectionIsServed() throws Exception {
		start();
		try (RawClient blocked = connect(); RawClient open = connect()) {
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200");
			blocked.get("/block");
			this.handler.awaitEntered();
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200").contains("connection: close");
			this.handler.release.tryEmitEmpty();
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
			assertThat(client.response()).startsWith("HTTP/1.1 200").contains("connection: close");
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

	private void start(String... args) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.REACTIVE);
		application.setDefaultProperties(Map.of("server.port", "0", "graceful.lame-duck.quiet-period", "100ms",
				"graceful.shutdown.exit-codes", "false"));
		this.context = application.run(args);
		this.handler = this.context.getBean(BlockingHandler.class);
	}

	private RawClient connect() throws IOException {
		return new RawClient(((WebServerApplicationContext) this.context).getWebServer().getPort());
	}

	private void stopUntil(Stage stage) throws InterruptedException {
		StageLatch latch = this.context.getBean(StageLatch.class);
		this.closed = CompletableFuture.runAsync(this.context::close);
		latch.await(stage);
	}

	private void awaitListenerClosed() {
		Awaitility.await().until(this::isRefused);
	}

	private boolean isRefused() throws IOException {
		try (RawClient client = connect()) {
			return false;
		}
		catch (ConnectException ex) {
			return true;
		}
	}

	private void awaitState(OpenConnection.State state) {
		Awaitility.await()
			.until(() -> this.context.getBean(Traffic.class)
				.openConnections()
				.stream()
				.anyMatch((connection) -> connection.state() == state));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		BlockingHandler blockingHandler() {
			return new BlockingHandler();
		}

		@Bean
		RouterFunction<ServerResponse> routes(BlockingHandler handler) {
			return RouterFunctions.route().GET("/**", handler).build();
		}

		@Bean
		StageLatch stageLatch() {
			return new StageLatch();
		}

	}

	/**
	 * Lets a test wait for a stage.
	 */
	static class StageLatch {

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
	static class BlockingHandler implements HandlerFunction<ServerResponse> {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final Sinks.Empty<Void> release = Sinks.empty();

		@Override
		public Mono<ServerResponse> handle(ServerRequest request) {
			Mono<Void> released = Mono.empty();
			if (request.path().equals("/block")) {
				this.entered.countDown();
				released = this.release.asMono();
			}
			return released.then(request.queryParam("chunked").isPresent()
					? ServerResponse.ok().body(Flux.just("do", "ne"), String.class)
					: ServerResponse.ok().bodyValue("done"));
		}

		private void awaitEntered() throws InterruptedException {
			assertThat(this.entered.await(10, TimeUnit.SECONDS)).isTrue();
		}

	}

}
