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

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import io.github.gracefulboot.shutdown.GracefulShutdown;
import io.github.gracefulboot.shutdown.Stage;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.Http2Client;
import io.github.gracefulboot.web.RawClient;
import io.github.gracefulboot.web.ReactiveServerDrainTests;
import io.github.gracefulboot.web.TestKeyStore;
import io.netty.channel.Channel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real Reactor Netty.
 */
class NettyDrainTests extends ReactiveServerDrainTests {

	private static final String HTTP2 = "--server.http2.enabled=true";

	private static final String MANAGEMENT_PORT = "--management.server.port=0";

	private static final String READINESS = "/actuator/health/readiness";

	@TempDir
	private Path directory;

	NettyDrainTests() {
		super(NettyApplication.class);
	}

	@Test
	void whenClientSpeaksHttp2ThenItIsToldToLeaveAndItsStreamsAreServed() throws Exception {
		start(HTTP2);
		GracefulShutdown shutdown = this.context.getBean(GracefulShutdown.class);
		try (Http2Client client = connectHttp2().get(1, "/block")) {
			this.handler.awaitEntered();
			stopUntil(Stage.DRAIN);
			assertThat(client.goAway()).isGreaterThan(1_000_000);
			awaitListenerClosed();
			assertThat(client.get(3, "/fast").response(3)).isEqualTo("done");
			this.handler.release();
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
			this.handler.awaitEntered();
			stopUntil(Stage.DRAIN);
			assertThat(client.goAway()).isGreaterThan(1_000_000);
			awaitListenerClosed();
			this.handler.release();
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
			this.handler.awaitEntered();
			assertThat(get(observed)).isEqualTo("done");
			assertThat(used).hasSize(1);
			stopUntil(Stage.LAME_DUCK);
			Awaitility.await().until(() -> {
				assertThat(get(observed)).isEqualTo("done");
				return used.size() > 1;
			});
			this.handler.release();
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
			this.handler.awaitEntered();
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200")
				.doesNotContainIgnoringCase("Connection: close");
			assertThat(idle.get("/fast").response()).startsWith("HTTP/1.1 200");
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200")
				.containsIgnoringCase("Connection: close");
			this.handler.release();
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
			this.handler.awaitEntered();
			stopUntil(Stage.DRAIN);
			assertThat(client.goAway()).isGreaterThan(1_000_000);
			awaitListenerClosed();
			this.handler.release();
			assertThat(client.response(1)).isEqualTo("done");
			assertThat(client.goAway()).isEqualTo(1);
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whenManagementPortIsProbedThenItsClientIsAProber() throws Exception {
		start(MANAGEMENT_PORT);
		Traffic traffic = this.context.getBean(Traffic.class);
		try (RawClient prober = prober()) {
			Awaitility.await().until(() -> {
				assertThat(prober.get(READINESS).response()).startsWith("HTTP/1.1 200");
				return traffic.activeProbers().size() == 1;
			});
		}
		assertThat(traffic.lastRequest()).isEmpty();
	}

	@Test
	void whileDrainingThenManagementPortAnswersAndDoesNotHoldUpTheStop() throws Exception {
		start(MANAGEMENT_PORT);
		GracefulShutdown shutdown = this.context.getBean(GracefulShutdown.class);
		try (RawClient prober = prober(); RawClient client = connect().get("/block")) {
			this.handler.awaitEntered();
			assertThat(prober.get(READINESS).response()).startsWith("HTTP/1.1 200");
			stopUntil(Stage.DRAIN);
			assertThat(prober.get(READINESS).response()).startsWith("HTTP/1.1 503");
			this.handler.release();
			assertThat(client.response()).endsWith("done");
			assertThat(this.closed).succeedsWithin(Duration.ofSeconds(5));
			assertThat(prober.isClosedByServer()).isTrue();
		}
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	private RawClient prober() throws IOException {
		return new RawClient(this.context.getEnvironment().getRequiredProperty("local.management.port", int.class));
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
	@EnableAutoConfiguration(exclude = TomcatReactiveManagementContextAutoConfiguration.class)
	@Import(Application.class)
	static class NettyApplication {

	}

}
