package io.github.gracefulboot.web.jetty;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.stream.Stream;

import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.AbstractServletProtocolDrainTests;
import io.github.gracefulboot.web.RawClient;
import org.awaitility.Awaitility;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.ProxyConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Value;
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
class JettyDrainTests extends AbstractServletProtocolDrainTests {

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
	void whenConnectionBehindTheProxyProtocolIsIdleThenTheStopIsClean() throws Exception {
		start("--additional=true", "--proxied=true");
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		try (RawClient client = new RawClient(additionalPort())) {
			client.send("PROXY TCP4 192.0.2.1 192.0.2.2 1024 80\n").get("/fast");
			assertThat(client.response()).startsWith("HTTP/1.1 200");
			stopUntil(Stage.RELEASE);
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().cutOff()).isEmpty();
	}

	@Test
	void whenAConnectorIsOfAnotherTypeThenItTakesNoRequestsAnyMoreWhenTheDrainBegins() throws Exception {
		start("--local=true");
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		LocalConnector connector = Stream.of(((JettyWebServer) server()).getServer().getConnectors())
			.filter(LocalConnector.class::isInstance)
			.map(LocalConnector.class::cast)
			.findFirst()
			.orElseThrow();
		connector.executeRequest("GET /block HTTP/1.1\nHost: localhost\n\n");
		this.servlet.awaitEntered();
		stopUntil(Stage.DRAIN);
		Awaitility.await().until(connector::isShutdown);
		this.servlet.release();
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().isClean()).isTrue();
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
	@Import({ Application.class, Protocols.class })
	static class JettyApplication {

		@Bean
		@ConditionalOnBooleanProperty("additional")
		JettyServerCustomizer additionalConnector(@Value("${proxied:false}") boolean proxied) {
			return (server) -> server.addConnector(
					proxied ? new ServerConnector(server, new ProxyConnectionFactory(), new HttpConnectionFactory())
							: new ServerConnector(server));
		}

		@Bean
		@ConditionalOnBooleanProperty("local")
		JettyServerCustomizer localConnector() {
			return (server) -> server.addConnector(new LocalConnector(server));
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
