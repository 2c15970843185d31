package io.github.gracefulboot.web.tomcat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.web.AbstractServletProtocolDrainTests;
import io.github.gracefulboot.web.RawClient;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.Http11Nio2Protocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real Tomcat.
 */
class TomcatDrainTests extends AbstractServletProtocolDrainTests {

	TomcatDrainTests() {
		super(TomcatApplication.class);
	}

	@Override
	protected int additionalPort() {
		return this.context.getBean(Connector.class).getLocalPort();
	}

	@Override
	protected String[] oneThread() {
		return new String[] { "--server.tomcat.threads.max=1", "--server.tomcat.threads.min-spare=1" };
	}

	@Test
	void whenConnectionWasUpgradedThenItWorksToTheEndOfTheDrainWhichDoesNotWaitForIt() throws Exception {
		start("--graceful.lame-duck.min=1s");
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		try (RawClient blocked = connect().get("/block"); RawClient early = upgrade()) {
			this.servlet.awaitEntered();
			assertThat(early.send("a\n").line()).isEqualTo("a");
			stopUntil(Stage.LAME_DUCK);
			assertThat(early.send("b\n").line()).isEqualTo("b");
			try (RawClient late = upgrade()) {
				assertThat(late.send("c\n").line()).isEqualTo("c");
				awaitListenerClosed();
				assertThat(late.send("d\n").line()).isEqualTo("d");
				assertThat(early.send("e\n").line()).isEqualTo("e");
				this.servlet.release();
				assertThat(blocked.response()).endsWith("done");
				assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
				assertThat(late.isClosedByServer()).isTrue();
			}
			assertThat(early.isClosedByServer()).isTrue();
		}
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(classes = { Http11NioProtocol.class, Http11Nio2Protocol.class })
	void whenAConnectorHasAProtocolOfTomcatsOwnThenItTakesNoRequestsAnyMoreWhenTheDrainBegins(Class<?> protocol)
			throws Exception {
		start("--additional=true", "--protocol=" + protocol.getName());
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		int port = additionalPort();
		try (RawClient blocked = new RawClient(port).get("/block"); RawClient open = new RawClient(port)) {
			this.servlet.awaitEntered();
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");
			stopUntil(Stage.DRAIN);
			Awaitility.await().until(() -> additionalPort() < 0);
			assertThat(open.get("/fast").isClosedByServer()).isTrue();
			this.servlet.release();
			assertThat(blocked.response()).endsWith("done");
			assertThat(blocked.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenAConnectorHasAProtocolOfTomcatsOwnThenClientsAreToldToLeaveInTheLameDuckStage() throws Exception {
		start("--additional=true", "--protocol=HTTP/1.1", "--graceful.lame-duck.min=1s");
		try (RawClient open = new RawClient(additionalPort())) {
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");
			stopUntil(Stage.LAME_DUCK);
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200").contains("Connection: close");
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	@Timeout(60)
	void whenThereIsAUnixDomainSocketThenItIsDrainedToo(@TempDir Path directory) throws Exception {
		Path path = directory.resolve("socket");
		start("--additional=true", "--unix-domain-socket=" + path);
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		try (RawClient blocked = new RawClient(path).get("/block"); RawClient open = new RawClient(path)) {
			this.servlet.awaitEntered();
			assertThat(open.get("/fast").response()).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			Awaitility.await().until(() -> Files.notExists(path));
			assertThat(open.get("/fast").response()).contains("Connection: close").endsWith("done");
			this.servlet.release();
			assertThat(blocked.response()).contains("Connection: close").endsWith("done");
			assertThat(blocked.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	private RawClient upgrade() throws IOException {
		RawClient client = connect()
			.send("GET /echo HTTP/1.1\nHost: localhost\nConnection: Upgrade\nUpgrade: echo\n\n");
		assertThat(client.headers()).startsWith("HTTP/1.1 101").containsIgnoringCase("Connection: Upgrade");
		return client;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Application.class, Protocols.class })
	static class TomcatApplication {

		@Bean
		@ConditionalOnBooleanProperty("additional")
		Connector additionalConnector(@Value("${unix-domain-socket:}") String unixDomainSocket,
				@Value("${protocol:}") String protocol) {
			Connector connector = new Connector(
					protocol.isEmpty() ? DrainableHttp11NioProtocol.class.getName() : protocol);
			connector.setPort(0);
			if (!unixDomainSocket.isEmpty()) {
				connector.setProperty("unixDomainSocketPath", unixDomainSocket);
			}
			return connector;
		}

		@Bean
		WebServerFactoryCustomizer<TomcatWebServerFactory> additionalConnectors(ObjectProvider<Connector> connectors) {
			return (factory) -> connectors.forEach(factory::addAdditionalConnectors);
		}

		@Bean
		ServletRegistrationBean<EchoServlet> echoRegistration() {
			return new ServletRegistrationBean<>(new EchoServlet(), "/echo");
		}

	}

	static class EchoServlet extends HttpServlet {

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response)
				throws IOException, ServletException {
			response.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
			response.setHeader("Connection", "Upgrade");
			response.setHeader("Upgrade", "echo");
			request.upgrade(EchoHandler.class);
		}

	}

	/**
	 * Says what it is told.
	 */
	public static class EchoHandler implements HttpUpgradeHandler, ReadListener {

		private ServletInputStream in;

		private ServletOutputStream out;

		@Override
		public void init(WebConnection connection) {
			try {
				this.in = connection.getInputStream();
				this.out = connection.getOutputStream();
				this.in.setReadListener(this);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public void onDataAvailable() throws IOException {
			while (this.in.isReady()) {
				int b = this.in.read();
				if (b == -1) {
					return;
				}
				this.out.write(b);
				this.out.flush();
			}
		}

		@Override
		public void onAllDataRead() {
		}

		@Override
		public void onError(Throwable failure) {
		}

		@Override
		public void destroy() {
		}

	}

}
