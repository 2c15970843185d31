package io.github.gracefulboot.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with a real Eureka server, which is asked what it tells its clients.
 */
class EurekaTests {

	private static final Duration PATIENCE = Duration.ofSeconds(40);

	private static final String GONE = "gone";

	private static final int SERVER_PORT = freePort();

	private static final HttpClient client = HttpClient.newHttpClient();

	private static ConfigurableApplicationContext server;

	private final ExecutorService background = Executors.newCachedThreadPool();

	@BeforeAll
	static void startServer() {
		server = new SpringApplicationBuilder(Server.class).run("--server.port=" + SERVER_PORT,
				"--spring.application.name=eureka", "--graceful.enabled=false",
				"--eureka.client.register-with-eureka=false", "--eureka.client.fetch-registry=false",
				"--eureka.client.service-url.defaultZone=http://127.0.0.1:" + SERVER_PORT + "/eureka/",
				"--eureka.server.use-read-only-response-cache=false",
				"--eureka.server.wait-time-in-ms-when-sync-empty=0");
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@Test
	void whenReadyThenIsRegisteredAndWhenAnnouncedThenIsDownWhileItServes() throws Exception {
		int port = freePort();
		Gate gate = new Gate();
		Future<ConfigurableApplicationContext> starting = start(port, gate, "--graceful.lame-duck.min=2s");
		gate.reached();
		assertThat(answerOf(port)).isEqualTo(200);
		assertThat(statusOf(port)).isEqualTo(GONE);
		gate.open();
		ConfigurableApplicationContext application = starting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		Awaitility.await().atMost(PATIENCE).until(() -> statusOf(port).equals("UP"));
		long start = System.nanoTime();
		Future<?> stop = this.background.submit(application::close);
		Awaitility.await()
			.pollInterval(Duration.ofMillis(20))
			.atMost(PATIENCE)
			.until(() -> statusOf(port).equals("DOWN"));
		Duration untilDown = Duration.ofNanos(System.nanoTime() - start);
		assertThat(answerOf(port)).isEqualTo(200);
		stop.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		assertThat(statusOf(port)).isEqualTo(GONE);
		System.out.printf("Eureka said DOWN %d ms after the stop began, which took %d ms%n", untilDown.toMillis(),
				Duration.ofNanos(System.nanoTime() - start).toMillis());
	}

	@Test
	void whenDisabledThenIsRegisteredBeforeItIsReady() throws Exception {
		int port = freePort();
		Gate gate = new Gate();
		Future<ConfigurableApplicationContext> starting = start(port, gate, "--graceful.registry.enabled=false");
		gate.reached();
		Awaitility.await().atMost(PATIENCE).until(() -> statusOf(port).equals("UP"));
		gate.open();
		starting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).close();
	}

	private Future<ConfigurableApplicationContext> start(int port, Gate gate, String property) {
		return this.background.submit(() -> new SpringApplicationBuilder(Application.class)
			.initializers((context) -> context.getBeanFactory().registerSingleton("gate", gate))
			.run("--server.port=" + port, "--spring.application.name=orders", "--eureka.client.jersey.enabled=false",
					"--eureka.instance.instance-id=orders-" + port, "--eureka.instance.hostname=127.0.0.1",
					"--eureka.client.service-url.defaultZone=http://127.0.0.1:" + SERVER_PORT + "/eureka/", property));
	}

	private static int answerOf(int port) throws IOException, InterruptedException {
		return get("http://127.0.0.1:" + port + "/hello").statusCode();
	}

	/*
	 * Returns what Eureka's clients get to see of an instance.
	 */
	private static String statusOf(int port) throws IOException, InterruptedException {
		HttpResponse<String> response = get("http://127.0.0.1:" + SERVER_PORT + "/eureka/apps/orders/orders-" + port);
		if (response.statusCode() == 404) {
			return GONE;
		}
		return response.body().replaceFirst("(?s).*\"status\" *: *\"([A-Z_]+)\".*", "$1");
	}

	private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
		return client.send(HttpRequest.newBuilder(URI.create(url)).header("Accept", "application/json").build(),
				HttpResponse.BodyHandlers.ofString());
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableEurekaServer
	static class Server {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Hello.class)
	static class Application {

		@Bean
		ApplicationRunner warmUp(Gate gate) {
			return (arguments) -> gate.pass();
		}

	}

	@RestController
	static class Hello {

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

	}

	/**
	 * Holds the start between listening and being ready.
	 */
	static final class Gate {

		private final CountDownLatch reached = new CountDownLatch(1);

		private final CountDownLatch opened = new CountDownLatch(1);

		void pass() throws InterruptedException {
			this.reached.countDown();
			this.opened.await();
		}

		void reached() throws InterruptedException {
			assertThat(this.reached.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}

		void open() {
			this.opened.countDown();
		}

	}

}
