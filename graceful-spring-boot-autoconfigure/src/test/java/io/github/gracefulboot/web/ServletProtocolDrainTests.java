package io.github.gracefulboot.web;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import io.github.gracefulboot.shutdown.GracefulShutdown;
import io.github.gracefulboot.shutdown.Stage;
import io.github.gracefulboot.traffic.OpenConnection;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real servlet container whose clients speak TLS or HTTP/2.
 */
public abstract class ServletProtocolDrainTests extends ServletServerDrainTests {

	private static final String HTTP2 = "--server.http2.enabled=true";

	/**
	 * More than a client of HTTP/2 takes unasked.
	 */
	private static final int LARGE = 100_000;

	@TempDir
	private Path directory;

	protected ServletProtocolDrainTests(Class<?> application) {
		super(application);
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
	void whenClientAskedForHttp2ThenItIsToldToLeaveAndItsStreamsAreServed() throws Exception {
		start(HTTP2);
		try (Http2Client client = Http2Client.upgrade(socket(), "/block")) {
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

	@Test
	void whenHttp2ConnectionHadNoRequestThenItIsToldToLeaveWhenTheListenerIsClosed() throws Exception {
		start(HTTP2);
		GracefulShutdown shutdown = this.context.getBean(GracefulShutdown.class);
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
			InFlightRequests requests = this.context.getBean(InFlightRequests.class);
			Awaitility.await().until(() -> this.context.getBean(LargeServlet.class).served && requests.isEmpty());
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
		return new Http2Client(socket());
	}

	private Socket socket() throws IOException {
		return new Socket(InetAddress.getLoopbackAddress(), server().getPort());
	}

	@Test
	void whenHandshakeOfTlsIsHalfDoneThenItsRequestIsServed() throws Exception {
		TestKeyStore keyStore = new TestKeyStore(this.directory);
		SSLContext tls = keyStore.clientContext();
		start(keyStore.serverArgs("--graceful.lame-duck.quiet-period=5s"));
		try (RawClient blocked = connect(tls).get("/block"); HesitantSocket hesitant = new HesitantSocket()) {
			this.servlet.awaitEntered();
			hesitant.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server().getPort()));
			CompletableFuture<String> response = CompletableFuture.supplyAsync(() -> get(tls, hesitant));
			hesitant.awaitHalf();
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			hesitant.goOn();
			assertThat(response).succeedsWithin(Duration.ofSeconds(10))
				.asString()
				.startsWith("HTTP/1.1 200")
				.contains("Connection: close");
			this.servlet.release();
			assertThat(blocked.response()).endsWith("done");
		}
	}

	private static String get(SSLContext tls, Socket socket) {
		try (RawClient client = new RawClient(tls.getSocketFactory().createSocket(socket, "localhost", 0, true))) {
			return client.get("/fast").response();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What the application has beside {@link Application}.
	 */
	public static class Protocols {

		@Bean
		LargeServlet largeServlet() {
			return new LargeServlet();
		}

		@Bean
		ServletRegistrationBean<LargeServlet> largeRegistration(LargeServlet servlet) {
			return new ServletRegistrationBean<>(servlet, "/large");
		}

	}

	/**
	 * Leaves it to the server to write its response.
	 */
	static class LargeServlet extends HttpServlet {

		private volatile boolean served;

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			response.setBufferSize(2 * LARGE);
			response.getOutputStream().write(new byte[LARGE]);
			this.served = true;
		}

	}

	/**
	 * Holds back the second half of what its client writes first.
	 */
	private static final class HesitantSocket extends Socket {

		private final CountDownLatch half = new CountDownLatch(1);

		private final CountDownLatch goOn = new CountDownLatch(1);

		void awaitHalf() throws InterruptedException {
			assertThat(this.half.await(10, TimeUnit.SECONDS)).isTrue();
		}

		void goOn() {
			this.goOn.countDown();
		}

		@Override
		public OutputStream getOutputStream() throws IOException {
			return new FilterOutputStream(super.getOutputStream()) {

				@Override
				public void write(byte[] bytes, int offset, int length) throws IOException {
					int now = (HesitantSocket.this.half.getCount() > 0) ? length / 2 : 0;
					this.out.write(bytes, offset, now);
					HesitantSocket.this.half.countDown();
					try {
						assertThat(HesitantSocket.this.goOn.await(10, TimeUnit.SECONDS)).isTrue();
					}
					catch (InterruptedException ex) {
						throw new InterruptedIOException();
					}
					this.out.write(bytes, offset + now, length - now);
				}

			};
		}

	}

}
