package io.github.gracefulboot.web.jetty;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import io.github.gracefulboot.shutdown.GracefulShutdown;
import io.github.gracefulboot.shutdown.Stage;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.RawClient;
import io.github.gracefulboot.web.ServletServerDrainTests;
import org.awaitility.Awaitility;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.jetty.JettyServerCustomizer;
import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.jetty.JettyWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real Jetty.
 */
@Tag("jetty")
class JettyDrainTests extends ServletServerDrainTests {

	private static final String HTTP2 = "--server.http2.enabled=true";

	@TempDir
	private Path directory;

	JettyDrainTests() {
		super(JettyApplication.class);
	}

	@Override
	protected int additionalPort() {
		Connector[] connectors = ((JettyWebServer) server()).getServer().getConnectors();
		return ((ServerConnector) connectors[connectors.length - 1]).getLocalPort();
	}

	@Override
	protected String[] oneThread() {
		return new String[] { "--one-thread=true" };
	}

	@Test
	void whenAnswerInFlightHasNoBodyThenItTellsTheClientToLeaveToo() throws Exception {
		start();
		try (RawClient client = connect().get("/block?empty")) {
			this.servlet.awaitEntered();
			stopUntil(Stage.DRAIN);
			this.servlet.release();
			assertThat(client.headers()).startsWith("HTTP/1.1 204")
				.contains("Connection: close")
				.doesNotContain("Transfer-Encoding");
			assertThat(client.isClosedByServer()).isTrue();
		}
	}

	@Test
	void whenClientSpeaksHttp10ThenItIsToldToLeaveToo() throws Exception {
		start();
		try (RawClient client = connect().send("GET /block HTTP/1.0\nConnection: keep-alive\n\n")) {
			this.servlet.awaitEntered();
			stopUntil(Stage.DRAIN);
			this.servlet.release();
			assertThat(client.response()).contains("Connection: close").endsWith("done");
			assertThat(client.isClosedByServer()).isTrue();
		}
	}

	@Test
	void whenAcceptedConnectionWaitsForAThreadThenItIsServed() throws Exception {
		start(oneThread());
		try (RawClient first = connect().get("/block")) {
			this.servlet.awaitEntered();
			try (RawClient second = connect().get("/fast")) {
				Traffic traffic = this.context.getBean(Traffic.class);
				Awaitility.await().until(() -> traffic.openConnections().size() == 2);
				stopUntil(Stage.DRAIN);
				awaitListenerClosed();
				this.servlet.release();
				assertThat(first.response()).endsWith("done");
				assertThat(second.response()).startsWith("HTTP/1.1 200");
			}
		}
	}

	@Test
	void whenSelectorsAcceptThenTheListenerIsClosedToo() throws Exception {
		start("--server.jetty.threads.acceptors=0");
		int port = server().getPort();
		try (RawClient client = connect().get("/block")) {
			this.servlet.awaitEntered();
			stopUntil(Stage.DRAIN);
			Awaitility.await().until(() -> isRefused(port));
			this.servlet.release();
			assertThat(client.response()).endsWith("done");
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whenClientSpeaksHttp2ThenItIsToldToLeaveAndItsStreamsAreServed() throws Exception {
		start(HTTP2);
		GracefulShutdown shutdown = this.context.getBean(GracefulShutdown.class);
		try (Http2Client client = connectHttp2().get(1, "/block")) {
			this.servlet.awaitEntered();
			stopUntil(Stage.DRAIN);
			assertThat(client.goAway()).isGreaterThan(1_000_000);
			awaitListenerClosed();
			assertThat(client.get(3, "/fast").response(3)).isEqualTo("done");
			this.servlet.release();
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
		try (Http2Client idle = connectHttp2()) {
			assertThat(idle.get(1, "/fast").response(1)).isEqualTo("done");
			stopUntil(Stage.LAME_DUCK);
			assertThat(idle.goAway()).isGreaterThan(1_000_000);
			assertThat(idle.get(3, "/fast").response(3)).as("was on its way").isEqualTo("done");
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
	void whenConnectionIsEncryptedThenItIsDrainedTheSame() throws Exception {
		TestKeyStore keyStore = new TestKeyStore(this.directory);
		SSLContext tls = keyStore.clientContext();
		start(keyStore.serverArgs());
		GracefulShutdown shutdown = this.context.getBean(GracefulShutdown.class);
		try (RawClient blocked = connect(tls).get("/block");
				RawClient open = connect(tls);
				RawClient idle = connect(tls)) {
			this.servlet.awaitEntered();
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");
			assertThat(idle.get("/fast").response()).startsWith("HTTP/1.1 200");
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200").contains("Connection: close");
			this.servlet.release();
			assertThat(blocked.response()).contains("Connection: close").endsWith("done");
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
			this.servlet.awaitEntered();
			stopUntil(Stage.DRAIN);
			assertThat(client.goAway()).isGreaterThan(1_000_000);
			awaitListenerClosed();
			this.servlet.release();
			assertThat(client.response(1)).isEqualTo("done");
			assertThat(client.goAway()).isEqualTo(1);
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
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
		return new Http2Client(new Socket(InetAddress.getLoopbackAddress(), server().getPort()));
	}

	private static boolean isRefused(int port) throws IOException {
		try (RawClient client = new RawClient(port)) {
			return false;
		}
		catch (ConnectException ex) {
			return true;
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class JettyApplication {

		@Bean
		@ConditionalOnBooleanProperty("additional")
		JettyServerCustomizer additionalConnector() {
			return (server) -> server.addConnector(new ServerConnector(server));
		}

		/**
		 * Two are the acceptor and the selector.
		 */
		@Bean
		@ConditionalOnBooleanProperty("one-thread")
		WebServerFactoryCustomizer<JettyWebServerFactory> threadPool() {
			QueuedThreadPool threadPool = new QueuedThreadPool(3, 3);
			threadPool.setReservedThreads(0);
			return (factory) -> factory.setThreadPool(threadPool);
		}

	}

}
