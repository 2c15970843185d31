package io.github.gracefulboot.test;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A program that serves HTTP and knows nothing of Spring: it drops what it has in hand
 * when it is told to stop.
 */
public final class FakeApp {

	private FakeApp() {
	}

	public static void main(String[] args) throws IOException {
		List<String> modes = List.of(args);
		if (modes.contains("fails")) {
			System.out.println("It fails to start");
			System.exit(3);
		}
		if (modes.contains("hangs")) {
			Runtime.getRuntime().addShutdownHook(new Thread(() -> await(new CountDownLatch(1))));
		}
		int port = Integer.parseInt(System.getenv("SERVER_PORT"));
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
		server.setExecutor(Executors.newCachedThreadPool());
		if (!modes.contains("no-probe")) {
			server.createContext("/actuator/health/readiness", (exchange) -> answer(exchange, "UP"));
		}
		server.createContext("/fast", (exchange) -> answer(exchange, "ok"));
		server.createContext("/hang", (exchange) -> await(new CountDownLatch(1)));
		server.start();
		System.out.println("It listens on " + port);
	}

	private static void answer(HttpExchange exchange, String text) throws IOException {
		exchange.getRequestBody().readAllBytes();
		byte[] body = text.getBytes(StandardCharsets.US_ASCII);
		exchange.sendResponseHeaders(200, body.length);
		try (OutputStream out = exchange.getResponseBody()) {
			out.write(body);
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Describes instances of it.
	 */
	static Fleet fleet(String... modes) {
		return Fleet.ofCommand(command(FakeApp.class)).args(modes);
	}

	static String[] command(Class<?> main) {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		return new String[] { java, "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp",
				System.getProperty("java.class.path"), main.getName() };
	}

}
