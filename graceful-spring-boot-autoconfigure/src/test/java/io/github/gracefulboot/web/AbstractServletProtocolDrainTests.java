package io.github.gracefulboot.web;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;

import io.github.gracefulboot.Background;
import io.github.gracefulboot.Stage;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real servlet container whose clients speak TLS or HTTP/2.
 */
public abstract class AbstractServletProtocolDrainTests extends AbstractServletServerDrainTests {

	protected AbstractServletProtocolDrainTests(Class<?> application) {
		super(application);
	}

	@Override
	protected void awaitLargeAnswerIsGiven() {
		InFlightRequests requests = this.context.getBean(InFlightRequests.class);
		Awaitility.await().until(() -> this.context.getBean(LargeServlet.class).served && requests.isEmpty());
	}

	@Test
	void whenHandshakeOfTlsIsHalfDoneThenItsRequestIsServed() throws Exception {
		TestKeyStore keyStore = new TestKeyStore(this.directory);
		SSLContext tls = keyStore.clientContext();
		start(keyStore.serverArgs("--graceful.lame-duck.quiet-period=5s"));
		try (RawClient blocked = connect(tls).get("/block"); HesitantSocket hesitant = new HesitantSocket()) {
			this.servlet.awaitEntered();
			hesitant.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server().getPort()));
			CompletableFuture<String> response = Background.supply(() -> get(tls, hesitant));
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
