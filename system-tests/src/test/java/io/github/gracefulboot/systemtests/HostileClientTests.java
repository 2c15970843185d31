package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.OnServers;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.process.Exit;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What hostile clients send harms neither the shutdown nor those who read about it, in
 * the log, at the endpoint or in a report.
 */
class HostileClientTests {

	private static final int BEFORE_THE_SHUTDOWN = 8_000;

	private static final int REQUESTS = 10_000;

	private static final int CONNECTIONS = 4;

	/**
	 * How many of those that are not answered soon are a request to any server.
	 */
	private static final int HELD = 8;

	private static final Duration PERIOD = Duration.ofMillis(500);

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	/**
	 * Far below what the held requests take.
	 */
	private static final Duration IN_TIME = Duration.ofSeconds(30);

	/**
	 * Servers quote what they refuse in their own logs as it came.
	 */
	private static final String JETTY_IS_SILENT = "--logging.level.org.eclipse.jetty=off";

	private static final String TOMCAT_IS_SILENT = "--logging.level.org.apache.coyote=off";

	private static final Pattern LOG_LINE = Pattern
		.compile("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+\\S* +(INFO|WARN|ERROR) \\d+ --- \\[.*");

	/**
	 * Frames of stacks, and what Tomcat adds to the first request that it refuses.
	 */
	private static final Pattern FOLLOWING_LINE = Pattern
		.compile("\tat .*|java\\.lang\\.IllegalArgumentException: .*| Note: further occurrences of .*|");

	private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}&&[^\\n\\t]]");

	@OnServers({ SampleJar.GRACEFUL, SampleJar.JETTY })
	void whenClientsAreHostileThenNothingOfThemIsMoreThanAText(SampleJar jar) throws Exception {
		Path directory = TestDirectory.create("hostile-clients-" + jar);
		Path reports = directory.resolve("reports");
		App app = App.of(jar, directory, "--graceful.shutdown.timeout=8s", "--graceful.lame-duck.min=3s",
				"--graceful.lame-duck.max=4s", "--graceful.shutdown.report.directory=" + reports,
				"--management.endpoints.web.exposure.include=health,graceful",
				"--management.endpoint.graceful.access=unrestricted", "--server.forward-headers-strategy=native",
				"--logging.charset.console=UTF-8", JETTY_IS_SILENT, TOMCAT_IS_SILENT);
		List<Socket> held = new ArrayList<>();
		ScheduledExecutorService probers = Executors.newScheduledThreadPool(2);
		try (AppProcess process = app.startReady()) {
			for (byte[] probe : HostileRequests.probes()) {
				probers.scheduleAtFixedRate(() -> send(process.port(), probe), 0, PERIOD.toMillis(),
						TimeUnit.MILLISECONDS);
			}
			long began = System.nanoTime();
			int answered = send(process.port(), 0, BEFORE_THE_SHUTDOWN);
			long took = Duration.ofNanos(System.nanoTime() - began).toMillis();
			assertThat(answered).isGreaterThan(BEFORE_THE_SHUTDOWN / 2);
			assertThat(HttpConnection.get(process.port(), "/fast", TIMEOUT).status()).isEqualTo(200);
			for (byte[] request : HostileRequests.endless()) {
				held.add(open(process.port(), request));
			}
			assertHarmless(awaitNamed(process));
			long signalled = System.nanoTime();
			process.signal("TERM");
			process.awaitNotReady();
			assertHarmless(endpoint(process));
			int answeredLate = send(process.port(), BEFORE_THE_SHUTDOWN, REQUESTS);
			Exit exit = process.awaitExit(signalled);
			System.out.printf(
					"HOSTILE CLIENTS %s: %d requests in %d ms, %d more while stopping, exit code %d after %d ms%n", jar,
					answered, took, answeredLate, exit.code(), exit.took().toMillis());
			assertThat(answeredLate).isPositive();
			assertThat(exit.code()).isEqualTo(1);
			assertThat(exit.took()).isLessThan(IN_TIME);
			assertThat(process.log()).contains("Shutdown forced", "Cut off: PUT /held/", "Cut off: POST /slow for ",
					" failing readiness responses");
			assertLogIsHarmless(process.log());
			assertReportIsHarmless(reports);
		}
		finally {
			probers.shutdownNow();
			for (Socket socket : held) {
				socket.close();
			}
		}
	}

	private static void assertLogIsHarmless(String log) {
		assertThat(log).doesNotContainPattern(INVISIBLE).doesNotContain(HostileRequests.SECRET);
		assertThat(log.lines().dropWhile((line) -> !LOG_LINE.matcher(line).matches())).isNotEmpty()
			.allMatch((line) -> LOG_LINE.matcher(line).matches() || FOLLOWING_LINE.matcher(line).matches());
	}

	private static void assertReportIsHarmless(Path reports) throws IOException {
		try (Stream<Path> files = Files.list(reports)) {
			List<Path> sorted = files.sorted().toList();
			assertThat(sorted).hasSize(2);
			String page = Files.readString(sorted.get(0));
			String json = Files.readString(sorted.get(1));
			assertHarmless(json);
			assertThat(json).contains("PUT /held/", HostileRequests.INJECTED);
			assertThat(page).contains("PUT /held/", HostileRequests.INJECTED)
				.doesNotContain("<script>alert", "<img", HostileRequests.SECRET)
				.doesNotContainPattern(INVISIBLE);
		}
	}

	/**
	 * Checks the texts in a JSON document, in which they may be escaped, and the document
	 * itself.
	 */
	private static void assertHarmless(String json) {
		JsonNode document = JsonMapper.shared().readTree(json);
		assertThat(List.of(json, String.valueOf(JsonMapper.shared().treeToValue(document, Object.class))))
			.allSatisfy((text) -> assertThat(text).doesNotContain(HostileRequests.SECRET)
				.doesNotContainPattern(INVISIBLE)
				.doesNotContain("\t", "\n"));
	}

	/**
	 * Waits until the endpoint names what is held and who asks for readiness.
	 */
	private static String awaitNamed(AppProcess process) {
		return Awaitility.await("requests in flight and probers")
			.until(() -> endpoint(process),
					(json) -> JsonMapper.shared().readTree(json).path("inFlightCount").intValue() > HELD
							&& Stream.of("PUT /held/", "\"POST /slow\"", "userAgent").allMatch(json::contains));
	}

	private static String endpoint(AppProcess process) throws HttpFailureException {
		return HttpConnection.get(process.port(), "/actuator/graceful", TIMEOUT).text();
	}

	/**
	 * Sends requests on a few connections at a time.
	 * @return how many of them were answered
	 */
	private static int send(int port, int from, int to) {
		AtomicInteger next = new AtomicInteger(from);
		AtomicInteger answered = new AtomicInteger();
		CompletableFuture<?>[] clients = IntStream.range(0, CONNECTIONS)
			.mapToObj((i) -> CompletableFuture.runAsync(() -> {
				for (int number = next.getAndIncrement(); number < to; number = next.getAndIncrement()) {
					if (send(port, HostileRequests.request(number))) {
						answered.incrementAndGet();
					}
				}
			}, (task) -> new Thread(task, "hostile-client-" + i).start()))
			.toArray(CompletableFuture[]::new);
		CompletableFuture.allOf(clients).join();
		return answered.get();
	}

	/**
	 * Sends a request on a connection of its own, and reads what comes until its end.
	 * @return whether anything came, which may be lost when the server resets the
	 * connection of what it refuses
	 */
	private static boolean send(int port, byte[] request) {
		try (Socket socket = open(port, request)) {
			boolean answered = socket.getInputStream().read() != -1;
			socket.getInputStream().transferTo(OutputStream.nullOutputStream());
			return answered;
		}
		catch (IOException | UncheckedIOException ex) {
			return false;
		}
	}

	private static Socket open(int port, byte[] request) {
		try {
			Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
			socket.setTcpNoDelay(true);
			socket.setSoTimeout((int) TIMEOUT.toMillis());
			socket.getOutputStream().write(request);
			return socket;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
