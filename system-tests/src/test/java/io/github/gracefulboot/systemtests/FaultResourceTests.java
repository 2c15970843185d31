package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.process.OtherUser;
import io.github.gracefulboot.systemtests.systemd.NotifySocket;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.process.Command;
import io.github.gracefulboot.test.process.Exit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a process has is used up, or taken away from it, before it is told to stop.
 */
class FaultResourceTests {

	private static final Path DIRECTORY = TestDirectory.create("fault-resource");

	/**
	 * A user of its own, whose threads are those of this process.
	 */
	private static final int USER = 23456;

	private static App app(String... args) {
		return App.of(SampleJar.GRACEFUL, DIRECTORY, "--sample.faults=true").withArgs(args);
	}

	@Test
	void whenRequestsRanOutOfMemoryAndStackThenTheShutdownIsClean() {
		try (AppProcess process = app().startReady()) {
			assertThat(Faults.post(process, "/out-of-memory")).isEqualTo(500);
			assertThat(Faults.post(process, "/stack-overflow")).isEqualTo(500);
			try (LoadClient client = Faults.request(process)) {
				Exit exit = Faults.stop(process, "OutOfMemoryError and StackOverflowError in requests");
				Faults.assertAnswered(client);
				Faults.assertClean(process, exit);
			}
		}
	}

	@Tag("full")
	@Test
	void whenThereAreTwoThousandThreadsThenTheRequestIsAnsweredAndThoseAtWorkAreNamed() {
		try (AppProcess process = app().startReady()) {
			assertThat(Faults.post(process, "/threads?count=2000&ms=60000")).isEqualTo(202);
			try (LoadClient client = Faults.request(process)) {
				Exit exit = Faults.stop(process, "2,000 threads, half of them at work");
				Faults.assertAnswered(client);
				Faults.assertForced(process, exit, "thread busy-");
				assertThat(process.log().lines().filter((line) -> line.contains("Abandoned: thread busy-")))
					.hasSize(1000);
			}
		}
	}

	/**
	 * One is taken by the JVM itself, to handle the signal. If there is none, no Java
	 * program hears of it.
	 */
	@Tag("full")
	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4, 6, 8 })
	void whenHardlyAThreadIsLeftThenTheRequestIsAnswered(int left) throws IOException {
		List<String> user = otherUser();
		App app = app();
		try (AppProcess process = app.startBy(user)) {
			process.awaitReady();
			try (LoadClient client = Faults.request(process)) {
				limitThreads(process, user, left);
				Exit exit = Faults.stop(process, "%d threads left".formatted(left));
				assertThat(process.log()).contains("No thread left for");
				Faults.assertAnswered(client);
				Faults.assertClean(process, exit);
			}
		}
	}

	@Tag("full")
	@Test
	void whenNoDescriptorIsLeftThenTheRequestIsAnswered() throws IOException {
		try (AppProcess process = app("--graceful.shutdown.report.directory=" + DIRECTORY.resolve("reports"))
			.startReady(); LoadClient client = Faults.request(process)) {
			// No number but those of standard streams, so that none comes free either
			Command.succeed(List.of("prlimit", "--pid", String.valueOf(process.pid()), "--nofile=3:3"));
			Exit exit = Faults.stop(process, "no descriptor left");
			Faults.assertAnswered(client);
			Faults.assertClean(process, exit);
			assertThat(process.log()).contains("The shutdown cannot be reported", "Too many open files");
		}
	}

	@Tag("full")
	@Test
	void whenTheDiskIsFullThenTheReportIsMissingAndSaysSo() throws IOException {
		Path disk = Files.createDirectories(DIRECTORY.resolve("disk")).toAbsolutePath();
		List<String> tinyDisk = List.of("unshare", "--map-root-user", "--mount", "sh", "-c",
				"mount -t tmpfs -o size=4k tmpfs " + disk + " && exec \"$@\"", "sh");
		try (AppProcess process = app("--graceful.shutdown.report.directory=" + disk).startBy(tinyDisk)) {
			process.awaitReady();
			try (LoadClient client = Faults.request(process)) {
				Exit exit = Faults.stop(process, "disk of the report full");
				Faults.assertAnswered(client);
				Faults.assertClean(process, exit);
				assertThat(process.log()).contains("The shutdown cannot be reported", "No space left on device");
			}
		}
	}

	/**
	 * The signal is lost, as without the starter, and a later one is heard.
	 */
	@Tag("full")
	@Test
	void whenNoThreadIsLeftThenTheSignalIsLostAndTheServiceGoesOn() throws IOException {
		List<String> user = otherUser();
		try (AppProcess process = app().startBy(user)) {
			process.awaitReady();
			limitThreads(process, user, 0);
			process.signal("TERM");
			process.awaitLog("dispatching signal SIGTERM");
			assertThat(Faults.post(process, "/slow?ms=10")).isEqualTo(200);
			limitThreads(process, user, 1000);
			try (LoadClient client = Faults.request(process)) {
				Exit exit = Faults.stop(process, "no thread left for the first signal");
				Faults.assertAnswered(client);
				Faults.assertClean(process, exit);
			}
		}
	}

	/**
	 * Who gives signs of life has its threads from the start. The timeout is long enough
	 * for idle ones to end in between.
	 */
	@Tag("full")
	@Test
	void whenNoThreadIsLeftForAWhileThenSignsOfLifeGoOn() throws IOException {
		List<String> user = otherUser();
		String address = "@graceful-tests-threads-" + ProcessHandle.current().pid();
		App app = app().withEnvironment("NOTIFY_SOCKET", address).withEnvironment("WATCHDOG_USEC", "6000000");
		try (NotifySocket socket = NotifySocket.open(address, DIRECTORY.resolve("signs.log"));
				AppProcess process = app.startBy(user)) {
			process.awaitReady();
			awaitSigns(socket, 2);
			// None either in place of one that ends
			limitThreads(process, user, -10);
			int before = signs(socket);
			awaitSigns(socket, before + 2);
			limitThreads(process, user, 1000);
			Exit exit = Faults.stop(process, "no thread left for a while");
			Faults.assertClean(process, exit);
		}
	}

	private static void awaitSigns(NotifySocket socket, int atLeast) {
		Awaitility.await("signs of life").atMost(Duration.ofSeconds(20)).until(() -> signs(socket) >= atLeast);
	}

	private static int signs(NotifySocket socket) {
		return (int) socket.messages().stream().filter((message) -> message.contains("WATCHDOG=1")).count();
	}

	/**
	 * The reader of its output has stopped reading, as a log collector that hangs. Who
	 * writes to the log waits, and so does a shutdown without the starter, for ever.
	 */
	@Tag("full")
	@Test
	void whenNobodyReadsTheLogThenTheExitIsInTime() throws IOException {
		Path pipe = DIRECTORY.resolve("pipe").toAbsolutePath();
		Files.deleteIfExists(pipe);
		Command.succeed(List.of("mkfifo", pipe.toString()));
		try (RandomAccessFile neverRead = new RandomAccessFile(pipe.toFile(), "rw");
				AppProcess process = app(Faults.BUDGET)
					.startBy(List.of("sh", "-c", "exec \"$@\" > " + pipe + " 2>&1", "sh"))) {
			assertThat(neverRead.getChannel().isOpen()).isTrue();
			process.awaitReady();
			try (LoadClient client = LoadClient.start(Load.of("POST", "/log?lines=5000", true, 1).withMaxRequests(1),
					process.port())) {
				Awaitility.await("the pipe is full")
					.until(() -> Command.run(List.of("jstack", String.valueOf(process.pid())))
						.output()
						.contains("writeBytes"));
				Exit exit = Faults.stop(process, "nobody reads the log");
				assertThat(exit.code()).isOne();
				assertThat(exit.took().toSeconds()).isLessThan(15);
				client.stop();
			}
		}
	}

	/**
	 * What a stop needs was loaded before. Without the starter the request is lost.
	 */
	@Tag("full")
	@ParameterizedTest
	@EnumSource(names = { "GRACEFUL", "JETTY", "NETTY" })
	void whenAnotherJarIsCopiedOverItsOwnThenTheRequestIsAnswered(SampleJar jar) throws IOException {
		App app = App.of(jar, DIRECTORY, "--logging.level.io.github.gracefulboot.process=debug")
			.withLibraries("nothing-more-" + jar);
		assertAnswered(app, "jar overwritten, " + jar, "classes for the shutdown are there",
				() -> Files.copy(SampleJar.SAMPLE.path(), app.jar(), StandardCopyOption.REPLACE_EXISTING));
	}

	@Tag("full")
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenItsJarIsDeletedOrAnotherIsMovedThereThenTheRequestIsAnswered(boolean moved) throws IOException {
		App app = app().withLibraries("nothing-more");
		assertAnswered(app, moved ? "jar replaced by a move" : "jar deleted", "Started SampleApplication", () -> {
			if (moved) {
				Path next = Files.copy(SampleJar.SAMPLE.path(), app.jar().resolveSibling("next.jar"),
						StandardCopyOption.REPLACE_EXISTING);
				Files.move(next, app.jar(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
			}
			else {
				Files.delete(app.jar());
			}
		});
	}

	private static void assertAnswered(App app, String fault, String loaded, ThrowingRunnable change)
			throws IOException {
		try (AppProcess process = app.startReady()) {
			// What requests need is loaded by the first one
			assertThat(LoadClient.run(Load.of("POST", "/slow?ms=10", true, 1).withMaxRequests(1), process.port()).ok())
				.isOne();
			Awaitility.await(loaded).atMost(Duration.ofSeconds(60)).until(() -> process.log().contains(loaded));
			try (LoadClient client = Faults.request(process)) {
				change.run();
				Exit exit = Faults.stop(process, fault);
				Faults.assertAnswered(client);
				Faults.assertClean(process, exit);
			}
		}
	}

	/**
	 * An appender of Logback that never returns holds whoever writes to the log.
	 */
	@Tag("full")
	@Test
	void whenAnAppenderNeverReturnsThenTheExitIsInTime() {
		try (AppProcess process = app(Faults.BUDGET).startReady()) {
			assertThat(Faults.post(process, "/block-log")).isEqualTo(202);
			Exit exit = Faults.stop(process, "an appender never returns");
			assertThat(exit.code()).isOne();
			assertThat(exit.took().toSeconds()).isLessThan(15);
		}
	}

	private static void limitThreads(AppProcess process, List<String> user, int left) throws IOException {
		long limit = threads(process) + left;
		Command.succeed(
				Stream
					.concat(user.stream(),
							Stream.of("prlimit", "--pid", String.valueOf(process.pid()),
									"--nproc=%d:".formatted(limit)))
					.toList());
	}

	private static List<String> otherUser() {
		return OtherUser.of(USER, "test", "-r", SampleJar.GRACEFUL.path().toString());
	}

	private static long threads(AppProcess process) throws IOException {
		try (Stream<Path> entries = Files.list(Path.of("/proc/%d/task".formatted(process.pid())))) {
			return entries.count();
		}
	}

	private interface ThrowingRunnable {

		void run() throws IOException;

	}

}
