package io.github.gracefulboot.grpc;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.Peer;
import io.github.gracefulboot.traffic.Prober;
import io.github.gracefulboot.traffic.Traffic;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.stub.StreamObserver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Stops a real gRPC server with real clients.
 */
@EnabledIf(value = "io.github.gracefulboot.grpc.GrpcApplication#isPossible",
		disabledReason = "Spring Boot 4.0 has no gRPC server")
class GrpcDrainTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	private GrpcApplication application;

	private ManagedChannel client;

	private void start(String... args) {
		this.application = GrpcApplication.start(args);
		this.client = this.application.connect();
	}

	@AfterEach
	void close() {
		if (this.client != null) {
			this.client.shutdownNow();
			this.application.close();
		}
	}

	@Test
	void whenReadyThenHealthSaysServing() {
		start();
		assertThat(GrpcApplication.health(this.client)).isEqualTo(ServingStatus.SERVING);
	}

	@Test
	void whenCallIsInFlightThenItFinishes() throws Exception {
		start();
		ShutdownSequence shutdown = this.application.shutdown();
		RecordingObserver<String> answer = block();
		CompletableFuture<Void> stopped = this.application.stopUntil(Stage.DRAIN);
		assertThat(shutdown.getActiveTasks()).anySatisfy((task) -> {
			assertThat(task.description()).isEqualTo("gRPC test.Service/Block");
			assertThat(task.thread()).isNotNull();
		});
		this.application.service().release();
		assertThat(answer.end()).succeedsWithin(SOON).isEqualTo(Status.OK);
		assertThat(answer.messages()).containsExactly("done");
		assertThat(stopped).succeedsWithin(SOON);
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whileLameDuckThenHealthSaysNotServingAndCallsAreServedAndClientsToldToLeave() throws Exception {
		start("--graceful.lame-duck.min=2s");
		RecordingObserver<HealthCheckResponse> watch = GrpcApplication.watch(this.client);
		ManagedChannel other = this.application.connect();
		try {
			assertThat(GrpcApplication.call(other, "before")).isEqualTo("before");
			assertThat(other.getState(false)).isEqualTo(ConnectivityState.READY);
			this.application.stopUntil(Stage.LAME_DUCK);
			Awaitility.await().until(() -> watch.messages().size() == 2);
			assertThat(watch.messages()).extracting(HealthCheckResponse::getStatus)
				.containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING);
			assertThat(watch.end()).isNotDone();
			Awaitility.await().until(() -> other.getState(false) == ConnectivityState.IDLE);
			assertThat(GrpcApplication.call(other, "late")).isEqualTo("late");
			Awaitility.await().until(() -> {
				assertThat(GrpcApplication.call(other, "later")).isEqualTo("later");
				return other.getState(false) == ConnectivityState.IDLE;
			});
			assertThat(this.application.shutdown().getStage()).isEqualTo(Stage.LAME_DUCK);
		}
		finally {
			other.shutdownNow();
		}
	}

	@Test
	void whenSomebodyChecksHealthThenTheLameDuckWaitsUntilItWasTold() throws Exception {
		start("--graceful.lame-duck.quiet-period=10ms");
		Traffic traffic = this.application.bean(Traffic.class);
		ShutdownSequence shutdown = this.application.shutdown();
		for (int i = 0; i < 3; i++) {
			assertThat(GrpcApplication.health(this.client)).isEqualTo(ServingStatus.SERVING);
			TimeUnit.MILLISECONDS.sleep(300);
		}
		assertThat(traffic.activeProbers()).extracting(Prober::client)
			.singleElement()
			.asString()
			.startsWith("127.0.0.1 grpc-java-netty/");
		assertThat(traffic.lastRequest()).isEmpty();
		// Otherwise, it could be no more than the health check of a container
		traffic.requestCame(() -> new Peer("192.0.2.1", true));
		CompletableFuture<Void> stopped = this.application.stopUntil(Stage.LAME_DUCK);
		for (int i = 0; i < 2; i++) {
			assertThat(GrpcApplication.health(this.client)).isEqualTo(ServingStatus.NOT_SERVING);
			assertThat(shutdown.getStage()).isEqualTo(Stage.LAME_DUCK);
		}
		assertThat(GrpcApplication.health(this.client)).isEqualTo(ServingStatus.NOT_SERVING);
		assertThat(stopped).succeedsWithin(SOON);
		assertThat(shutdown.getTimeline().toString()).contains("lame-duck");
	}

	@Test
	void whenStreamIsSilentThenItEndsUnavailableAndTheApplicationHearsOfIt() throws Exception {
		start();
		ShutdownSequence shutdown = this.application.shutdown();
		TestService service = this.application.service();
		RecordingObserver<String> feed = GrpcApplication.feed(this.client);
		StreamObserver<String> source = service.feed().get(10, TimeUnit.SECONDS);
		CompletableFuture<Void> stopped = this.application.stop();
		assertThat(feed.end()).succeedsWithin(SOON).satisfies((status) -> {
			assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(status.getDescription()).contains("shutting down");
		});
		assertThat(service.feedCancelled().await(10, TimeUnit.SECONDS)).isTrue();
		source.onNext("too late");
		source.onCompleted();
		assertThat(feed.messages()).containsExactly("first");
		assertThat(stopped).succeedsWithin(SOON);
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "--graceful.lame-duck.quiet-period=1s", "--graceful.lame-duck.enabled=false" })
	void whenStreamKeepsSendingThenItFinishes(String argument) throws Exception {
		start(argument);
		ShutdownSequence shutdown = this.application.shutdown();
		RecordingObserver<String> download = GrpcApplication.feed(this.client);
		StreamObserver<String> source = this.application.service().feed().get(10, TimeUnit.SECONDS);
		CompletableFuture<Void> stopped = this.application.stopUntil(Stage.DRAIN);
		for (int i = 0; i < 20; i++) {
			source.onNext("part " + i);
			TimeUnit.MILLISECONDS.sleep(100);
		}
		source.onCompleted();
		assertThat(download.end()).succeedsWithin(SOON).isEqualTo(Status.OK);
		assertThat(download.messages()).hasSize(21);
		assertThat(stopped).succeedsWithin(SOON);
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenAStreamOfTheMethodHasEndedByItselfThenASilentOneIsWaitedFor() throws Exception {
		start("--graceful.lame-duck.quiet-period=100ms");
		ShutdownSequence shutdown = this.application.shutdown();
		RecordingObserver<String> before = GrpcApplication.feed(this.client);
		this.application.service().feeds().poll(10, TimeUnit.SECONDS).onCompleted();
		assertThat(before.end()).succeedsWithin(SOON).isEqualTo(Status.OK);
		RecordingObserver<String> download = GrpcApplication.feed(this.client);
		StreamObserver<String> source = this.application.service().feeds().poll(10, TimeUnit.SECONDS);
		CompletableFuture<Void> stopped = this.application.stopUntil(Stage.DRAIN);
		Awaitility.await("silent for longer than feeds may be")
			.during(Duration.ofMillis(600))
			.until(() -> !download.end().isDone());
		source.onNext("last");
		source.onCompleted();
		assertThat(download.end()).succeedsWithin(SOON).isEqualTo(Status.OK);
		assertThat(download.messages()).containsExactly("first", "last");
		assertThat(stopped).succeedsWithin(SOON);
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenStreamsAreWaitedForThenASilentOneIsEndedShortlyBeforeTheDeadline() throws Exception {
		start("--graceful.drain.streams=wait", "--graceful.shutdown.timeout=4s");
		ShutdownSequence shutdown = this.application.shutdown();
		RecordingObserver<String> feed = GrpcApplication.feed(this.client);
		this.application.service().feed().get(10, TimeUnit.SECONDS);
		long stoppedAt = System.nanoTime();
		CompletableFuture<Void> stopped = this.application.stop();
		assertThat(feed.end()).succeedsWithin(SOON).extracting(Status::getCode).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(Duration.ofNanos(System.nanoTime() - stoppedAt)).isGreaterThan(Duration.ofSeconds(1));
		assertThat(stopped).succeedsWithin(SOON);
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenCallHangsThenItIsNamedAndTheStopStaysInsideTheBudget() throws Exception {
		start("--graceful.shutdown.timeout=3s", "--spring.grpc.server.shutdown.grace-period=1m");
		ShutdownSequence shutdown = this.application.shutdown();
		RecordingObserver<String> answer = block();
		assertThat(this.application.stop()).succeedsWithin(SOON);
		assertThat(shutdown.finish().cutOff()).singleElement()
			.asString()
			.startsWith("gRPC test.Service/Block for ")
			.contains("on thread");
		assertThat(answer.end()).succeedsWithin(SOON).extracting(Status::getCode).isEqualTo(Status.Code.UNAVAILABLE);
	}

	@Test
	void whenNobodyIsConnectedThenTheStopTakesNoTime() {
		start();
		long stoppedAt = System.nanoTime();
		assertThat(this.application.stop()).succeedsWithin(SOON);
		assertThat(Duration.ofNanos(System.nanoTime() - stoppedAt)).isLessThan(Duration.ofSeconds(5));
	}

	@Test
	void whenStoppedThenThePortIsClosed() {
		start();
		assertThat(GrpcApplication.call(this.client, "before")).isEqualTo("before");
		assertThat(this.application.stop()).succeedsWithin(SOON);
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> GrpcApplication.call(this.client, "after"))
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
	}

	private RecordingObserver<String> block() throws InterruptedException {
		RecordingObserver<String> answer = GrpcApplication.block(this.client);
		assertThat(this.application.service().entered().await(10, TimeUnit.SECONDS)).isTrue();
		return answer;
	}

}
