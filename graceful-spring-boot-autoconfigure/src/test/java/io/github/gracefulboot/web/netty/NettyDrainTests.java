package io.github.gracefulboot.web.netty;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import io.github.gracefulboot.shutdown.GracefulShutdown;
import io.github.gracefulboot.shutdown.Stage;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.web.Http2Client;
import io.github.gracefulboot.web.RawClient;
import io.github.gracefulboot.web.ServerDrainTests;
import io.github.gracefulboot.web.TestKeyStore;
import io.netty.channel.Channel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real Reactor Netty.
 */
class NettyDrainTests extends ServerDrainTests {

	private static final String HTTP2 = "--server.http2.enabled=true";

	/**
	 * More than a client of HTTP/2 takes unasked.
	 */
	private static final int LARGE = 100_000;

	/**
	 * More than the buffers of a connection hold.
	 */
	private static final int HUGE = 32 * 1024 * 1024;

	@TempDir
	private Path directory;

	NettyDrainTests() {
		super(NettyApplication.class, WebApplicationType.REACTIVE);
	}

	@Test
	void whenClientSpeaksHttp2ThenItIsToldToLeaveAndItsStreamsAreServed() throws Exception {
		start(HTTP2);
		GracefulShutdown shutdown = this.context.getBean(GracefulShutdown.class);
		try (Http2Client client = connectHttp2().get(1, "/block")) {
			handler().awaitEntered();
			stopUntil(Stage.DRAIN);
			assertThat(client.goAway()).isGreaterThan(1_000_000);
			awaitListenerClosed();
			assertThat(client.get(3, "/fast").response(3)).isEqualTo("done");
			handler().release();
			assertThat(client.response(1)).isEqualTo("done");
			assertThat(client.goAway()).isEqualTo(3);
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whileLameDuckThenNewHttp2ConnectionIsServedBeforeItIsToldToLeave() throws Exception {
		start(HTTP2, "--graceful.lame-duck.min=2s");
		try (Http2Client idle = connectHttp2(); Http2Client silent = connectHttp2()) {
			assertThat(idle.get(1, "/fast").response(1)).isEqualTo("done");
			stopUntil(Stage.LAME_DUCK);
			assertThat(idle.goAway()).isGreaterThan(1_000_000);
			assertThat(idle.get(3, "/fast").response(3)).as("was on its way").isEqualTo("done");
			assertThat(silent.get(1, "/fast").response(1)).isEqualTo("done");
			assertThat(silent.goAway()).isGreaterThan(1_000_000);
			try (Http2Client late = connectHttp2()) {
				assertThat(late.get(1, "/fast").response(1)).isEqualTo("done");
				assertThat(late.goAway()).isGreaterThan(1_000_000);
				assertThat(late.goAway()).isEqualTo(1);
				assertThat(late.isClosedByServer()).isTrue();
			}
			assertThat(idle.goAway()).isEqualTo(3);
			assertThat(idle.isClosedByServer()).isTrue();
		}
	}

	@Test
	void whenClientAskedForHttp2ThenItIsToldToLeaveAndItsStreamsAreServed() throws Exception {
		start(HTTP2);
		try (Http2Client client = Http2Client.upgrade(socket(), "/block")) {
			handler().awaitEntered();
			stopUntil(Stage.DRAIN);
			assertThat(client.goAway()).isGreaterThan(1_000_000);
			awaitListenerClosed();
			handler().release();
			assertThat(client.response(1)).isEqualTo("done");
			assertThat(client.goAway()).isEqualTo(1);
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whenHttp2ConnectionHadNoRequestThenItIsToldToLeaveWhenTheListenerIsClosed() throws Exception {
		start(HTTP2);
		GracefulShutdown shutdown = this.context.getBean(GracefulShutdown.class);
		try (Http2Client client = connectHttp2()) {
			awaitState(OpenConnection.State.FRESH);
			stopUntil(Stage.RELEASE);
			assertThat(client.goAway()).isZero();
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenLastBytesOfAStreamWaitForItsClientThenTheyAreWritten() throws Exception {
		start(HTTP2);
		try (Http2Client client = connectHttp2().get(1, "/large")) {
			awaitState(OpenConnection.State.BUSY);
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			client.takeMore(1, LARGE);
			assertThat(client.response(1)).hasSize(LARGE);
			assertThat(client.goAway()).isGreaterThan(1_000_000);
			assertThat(client.goAway()).isEqualTo(1);
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whenLastBytesWaitForAClientOfHttp11ThenTheyAreWritten() throws Exception {
		start();
		try (Socket socket = socket(); RawClient client = new RawClient(socket).get("/huge")) {
			awaitState(OpenConnection.State.BUSY);
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			assertThat(client.headers()).contains("Content-Length: " + HUGE);
			assertThat(socket.getInputStream().readNBytes(HUGE)).hasSize(HUGE);
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whenHttp2ClientIsToldToLeaveThenItMovesToANewConnectionWithoutAFailure() throws Exception {
		start(HTTP2, "--graceful.lame-duck.min=2s");
		ConnectionProvider connections = ConnectionProvider.create("test", 2);
		try {
			HttpClient client = HttpClient.create(connections).protocol(HttpProtocol.H2C).port(server().getPort());
			Set<Channel> used = ConcurrentHashMap.newKeySet();
			HttpClient observed = client
				.doOnResponse((response, connection) -> used.add(connection.channel().parent()));
			CompletableFuture<String> blocked = observed.get()
				.uri("/block")
				.responseContent()
				.aggregate()
				.asString()
				.toFuture();
			handler().awaitEntered();
			assertThat(get(observed)).isEqualTo("done");
			assertThat(used).hasSize(1);
			stopUntil(Stage.LAME_DUCK);
			Awaitility.await().until(() -> {
				assertThat(get(observed)).isEqualTo("done");
				return used.size() > 1;
			});
			handler().release();
			assertThat(blocked).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("done");
		}
		finally {
			connections.dispose();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	private static String get(HttpClient client) {
		return client.get().uri("/fast").responseContent().aggregate().asString().block(Duration.ofSeconds(10));
	}

	@Test
	void whenConnectionIsEncryptedThenItIsDrainedTheSame() throws Exception {
		TestKeyStore keyStore = new TestKeyStore(this.directory);
		SSLContext tls = keyStore.clientContext();
		start(keyStore.serverArgs());
		GracefulShutdown shutdown = this.context.getBean(GracefulShutdown.class);
		try (RawClient blocked = connect(tls).get("/block");
				RawClient open = connect(tls);
				RawClient idle = connect(tls)) {
			handler().awaitEntered();
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200")
				.doesNotContainIgnoringCase("Connection: close");
			assertThat(idle.get("/fast").response()).startsWith("HTTP/1.1 200");
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200")
				.containsIgnoringCase("Connection: close");
			handler().release();
			assertThat(blocked.response()).containsIgnoringCase("Connection: close").endsWith("done");
			assertThat(blocked.isClosedByServer()).isTrue();
			assertThat(idle.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenEncryptedConnectionSpeaksHttp2ThenItsStreamsAreServed() throws Exception {
		TestKeyStore keyStore = new TestKeyStore(this.directory);
		start(keyStore.serverArgs(HTTP2));
		try (Http2Client client = new Http2Client(socket(keyStore.clientContext(), "h2")).get(1, "/block")) {
			handler().awaitEntered();
			stopUntil(Stage.DRAIN);
			assertThat(client.goAway()).isGreaterThan(1_000_000);
			awaitListenerClosed();
			handler().release();
			assertThat(client.response(1)).isEqualTo("done");
			assertThat(client.goAway()).isEqualTo(1);
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	private BlockingHandler handler() {
		return this.context.getBean(BlockingHandler.class);
	}

	private Socket socket() throws IOException {
		return new Socket(InetAddress.getLoopbackAddress(), server().getPort());
	}

	private Socket socket(SSLContext tls, String protocol) throws IOException {
		SSLSocket socket = (SSLSocket) tls.getSocketFactory()
			.createSocket(InetAddress.getLoopbackAddress(), server().getPort());
		SSLParameters parameters = socket.getSSLParameters();
		parameters.setApplicationProtocols(new String[] { protocol });
		socket.setSSLParameters(parameters);
		return socket;
	}

	private RawClient connect(SSLContext tls) throws IOException {
		return new RawClient(socket(tls, "http/1.1"));
	}

	private Http2Client connectHttp2() throws IOException {
		return new Http2Client(socket());
	}

	@Override
	protected void awaitListenerClosed() {
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

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class NettyApplication {

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
	 * Answers at once, or when it is released.
	 */
	static class BlockingHandler implements HandlerFunction<ServerResponse>, Fixture {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final Sinks.Empty<Void> release = Sinks.empty();

		@Override
		public Mono<ServerResponse> handle(ServerRequest request) {
			Mono<Void> released = Mono.empty();
			if (request.path().equals("/block")) {
				this.entered.countDown();
				released = this.release.asMono();
			}
			if (request.path().equals("/large")) {
				return ServerResponse.ok().bodyValue(new byte[LARGE]);
			}
			if (request.path().equals("/huge")) {
				return ServerResponse.ok().bodyValue(new byte[HUGE]);
			}
			return released.then(request.queryParam("chunked").isPresent()
					? ServerResponse.ok().body(Flux.just("done"), String.class)
					: ServerResponse.ok().bodyValue("done"));
		}

		@Override
		public void awaitEntered() {
			try {
				assertThat(this.entered.await(10, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public void release() {
			this.release.tryEmitEmpty();
		}

	}

}
