package io.github.gracefulboot.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.OpenConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real server whose clients speak TLS or HTTP/2.
 */
public abstract class AbstractProtocolDrainTests extends AbstractServerDrainTests {

	protected static final String HTTP2 = "--server.http2.enabled=true";

	/**
	 * More than a client of HTTP/2 takes unasked.
	 */
	protected static final int LARGE = 100_000;

	@TempDir
	protected Path directory;

	/**
	 * Creates the tests.
	 * @param application an application as {@link AbstractServerDrainTests} want it,
	 * which answers to {@code /large} with {@link #LARGE} bytes
	 * @param type the type of the application
	 */
	protected AbstractProtocolDrainTests(Class<?> application, WebApplicationType type) {
		super(application, type);
	}

	/**
	 * Waits until the application has given its answer to {@code /large}, which its
	 * client does not take yet.
	 */
	protected void awaitLargeAnswerIsGiven() {
		awaitState(OpenConnection.State.BUSY);
	}

	@Test
	void whenClientSpeaksHttp2ThenItIsToldToLeaveAndItsStreamsAreServed() throws Exception {
		start(HTTP2);
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		try (Http2Client client = connectHttp2().get(1, "/block")) {
			this.fixture.awaitEntered();
			stopUntil(Stage.DRAIN);
			assertThat(client.goAway()).isGreaterThan(1_000_000);
			awaitListenerClosed();
			assertThat(client.get(3, "/fast").response(3)).isEqualTo("done");
			this.fixture.release();
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
	void whenClientAskedForHttp2ThenItIsToldToLeaveAndItsStreamsAreServed() throws Exception {
		start(HTTP2);
		try (Http2Client client = Http2Client.upgrade(socket(), "/block")) {
			stopAndServeTheStreamInFlight(client);
		}
	}

	@Test
	void whenHttp2ConnectionHadNoRequestThenItIsToldToLeaveWhenTheListenerIsClosed() throws Exception {
		start(HTTP2);
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		try (Http2Client client = connectHttp2()) {
			awaitState(OpenConnection.State.FRESH);
			stopUntil(Stage.RELEASE);
			assertThat(client.goAway()).isNotNegative();
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenLastBytesOfAStreamWaitForItsClientThenTheyAreWritten() throws Exception {
		start(HTTP2);
		try (Http2Client client = connectHttp2().get(1, "/large")) {
			awaitLargeAnswerIsGiven();
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			client.takeMore(1, LARGE);
			assertThat(client.response(1)).hasSize(LARGE);
			assertThat(client.goAway()).isGreaterThan(1_000_000);
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whenConnectionIsEncryptedThenItIsDrainedTheSame() throws Exception {
		TestKeyStore keyStore = new TestKeyStore(this.directory);
		SSLContext tls = keyStore.clientContext();
		start(keyStore.serverArgs());
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		try (RawClient blocked = connect(tls).get("/block");
				RawClient open = connect(tls);
				RawClient idle = connect(tls)) {
			this.fixture.awaitEntered();
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200")
				.doesNotContainIgnoringCase("Connection: close");
			assertThat(idle.get("/fast").response()).startsWith("HTTP/1.1 200");
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200")
				.containsIgnoringCase("Connection: close");
			this.fixture.release();
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
			stopAndServeTheStreamInFlight(client);
		}
	}

	private void stopAndServeTheStreamInFlight(Http2Client client) throws Exception {
		this.fixture.awaitEntered();
		stopUntil(Stage.DRAIN);
		assertThat(client.goAway()).isGreaterThan(1_000_000);
		awaitListenerClosed();
		this.fixture.release();
		assertThat(client.response(1)).isEqualTo("done");
		assertThat(client.goAway()).isEqualTo(1);
		assertThat(client.isClosedByServer()).isTrue();
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	protected Socket socket(SSLContext tls, String protocol) throws IOException {
		SSLSocket socket = (SSLSocket) tls.getSocketFactory()
			.createSocket(InetAddress.getLoopbackAddress(), server().getPort());
		SSLParameters parameters = socket.getSSLParameters();
		parameters.setApplicationProtocols(new String[] { protocol });
		socket.setSSLParameters(parameters);
		return socket;
	}

	protected RawClient connect(SSLContext tls) throws IOException {
		return new RawClient(socket(tls, "http/1.1"));
	}

	protected Http2Client connectHttp2() throws IOException {
		return new Http2Client(socket());
	}

	protected Socket socket() throws IOException {
		return new Socket(InetAddress.getLoopbackAddress(), server().getPort());
	}

}
