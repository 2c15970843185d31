package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.systemd.NotifySocket;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Exit;
import io.github.gracefulboot.test.process.FreePorts;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the sample makes of a NOTIFY_SOCKET where no systemd listens.
 */
class NotifySocketTests {

	/**
	 * Longer than the address of a socket may be.
	 */
	private static final int TOO_LONG = 108;

	private static final Path DIRECTORY = TestDirectory.create("notify-socket");

	@Test
	void whenSocketDoesNotExistThenWarnsOnceAndRuns() {
		assertWarnsOnceAndRuns("missing", DIRECTORY.resolve("missing").toAbsolutePath().toString());
	}

	@Tag("full")
	@Test
	void whenPathIsTooLongThenWarnsOnceAndRuns() {
		assertWarnsOnceAndRuns("too long", "/" + "x".repeat(TOO_LONG - 1));
	}

	@Tag("full")
	@Test
	void whenNobodyMayConnectThenWarnsOnceAndRuns() throws IOException {
		assertWarnsOnceAndRuns("a file", Files.writeString(shortPath("file"), "").toString());
	}

	@Tag("full")
	@Test
	void whenSocketIsOfAnotherKindThenWarnsOnceAndRuns() throws IOException {
		Path path = shortPath("stream");
		try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			channel.bind(UnixDomainSocketAddress.of(path));
			assertWarnsOnceAndRuns("a stream socket", path.toString());
		}
	}

	@Tag("full")
	@Test
	void whenSocketIsNotAnAddressThenWarnsOnceAndRuns() {
		assertWarnsOnceAndRuns("not an address", "vsock:2:1234");
	}

	@Tag("alone")
	@Test
	void whenSocketHasAnAbstractAddressThenItIsToldEverythingInOrder() {
		String address = "@graceful-tests-" + ProcessHandle.current().pid();
		Path log = DIRECTORY.resolve("messages.log");
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY)
			.withEnvironment("NOTIFY_SOCKET", address)
			.withEnvironment("WATCHDOG_USEC", "1000000");
		try (NotifySocket socket = NotifySocket.open(address, log); AppProcess process = app.startReady()) {
			awaitMessage(socket, "READY=1");
			awaitMessage(socket, "WATCHDOG=1");
			try (LoadClient client = startRequest(process, 2500)) {
				assertThat(process.stop("TERM").code()).isZero();
				assertAnswered(client);
			}
			awaitMessage(socket, "STOPPING=1");
			List<String> messages = socket.messages();
			System.out.printf("NOTIFY_SOCKET %s: %d messages %s%n", address, messages.size(), messages);
			int ready = indexOf(messages, "READY=1");
			int stopping = indexOf(messages, "STOPPING=1");
			assertThat(messages.subList(0, ready)).anyMatch((message) -> message.contains("STATUS="));
			assertThat(stopping).isGreaterThan(ready);
			assertThat(messages.subList(stopping, messages.size()))
				.anyMatch((message) -> message.contains("STATUS=") && message.contains("/slow"))
				.anyMatch((message) -> message.contains("EXTEND_TIMEOUT_USEC="))
				.noneMatch((message) -> message.contains("READY=1"));
			assertThat(process.log()).doesNotContain(" WARN ", " ERROR ");
		}
	}

	@Test
	void whenDatabaseIsMissingThenItIsToldWhatIsWaitedFor() {
		String address = "@graceful-tests-start-" + ProcessHandle.current().pid();
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY)
			.withEnvironment("NOTIFY_SOCKET", address)
			.withEnvironment("SPRING_DATASOURCE_URL", "jdbc:postgresql://127.0.0.1:" + FreePorts.next() + "/postgres");
		try (NotifySocket socket = NotifySocket.open(address, DIRECTORY.resolve("waiting.log"));
				AppProcess process = app.start()) {
			Awaitility.await("status")
				.atMost(Duration.ofSeconds(60))
				.until(() -> socket.messages()
					.stream()
					.anyMatch(
							(message) -> message.contains("STATUS=Waiting for dataSource: Connection to 127.0.0.1:")));
			process.stop("TERM");
			List<String> messages = socket.messages();
			System.out.printf("NOTIFY_SOCKET, no database: %d messages %s%n", messages.size(), messages);
			assertThat(messages).noneMatch((message) -> message.contains("READY=1"));
		}
	}

	private void assertWarnsOnceAndRuns(String what, String address) {
		App app = App.of(SampleJar.GRACEFUL, DIRECTORY).withEnvironment("NOTIFY_SOCKET", address);
		try (AppProcess process = app.startReady(); LoadClient client = startRequest(process, 1000)) {
			Exit exit = process.stop("TERM");
			List<String> warnings = process.log().lines().filter((line) -> line.contains(" WARN ")).toList();
			System.out.printf("NOTIFY_SOCKET %s: exit code %d after %d ms, %s%n", what, exit.code(),
					exit.took().toMillis(), warnings);
			assertAnswered(client);
			assertThat(exit.code()).isZero();
			assertThat(warnings).singleElement().asString().contains("systemd");
			assertThat(process.log()).doesNotContain(" ERROR ");
		}
	}

	private void awaitMessage(NotifySocket socket, String text) {
		Awaitility.await(text).until(() -> socket.messages().stream().anyMatch((message) -> message.contains(text)));
	}

	private int indexOf(List<String> messages, String text) {
		return (int) messages.stream().takeWhile((message) -> !message.contains(text)).count();
	}

	private LoadClient startRequest(AppProcess process, int millis) {
		LoadClient client = LoadClient.start(Load.of("GET", "/slow?ms=" + millis, false, 1).withMaxRequests(1),
				process.port());
		process.awaitLog("Slow request of %d ms begins".formatted(millis));
		return client;
	}

	private void assertAnswered(LoadClient client) {
		LoadReport report = client.await();
		assertThat(report.failed()).as(report::describeFailures).isZero();
		assertThat(report.ok()).isEqualTo(1);
	}

	/**
	 * A path that is short enough for a socket, wherever the project is.
	 */
	private Path shortPath(String name) throws IOException {
		Path directory = Files.createTempDirectory("graceful");
		directory.toFile().deleteOnExit();
		Path path = directory.resolve(name);
		path.toFile().deleteOnExit();
		return path;
	}

}
