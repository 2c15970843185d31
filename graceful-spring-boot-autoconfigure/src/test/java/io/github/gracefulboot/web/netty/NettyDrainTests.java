package io.github.gracefulboot.web.netty;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.AbstractReactiveServerDrainTests;
import io.github.gracefulboot.web.RawClient;
import io.netty.channel.Channel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
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
class NettyDrainTests extends AbstractReactiveServerDrainTests {

	private static final String MANAGEMENT_PORT = "--management.server.port=0";

	private static final String READINESS = "/actuator/health/readiness";

	NettyDrainTests() {
		super(NettyApplication.class);
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
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
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
