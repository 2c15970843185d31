package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.DeployFile;
import io.github.gracefulboot.systemtests.app.OnServers;
import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.http2.Http2LoadProcess;
import io.github.gracefulboot.systemtests.http2.Http2Report;
import io.github.gracefulboot.systemtests.load.Mix;
import io.github.gracefulboot.systemtests.process.OtherUser;
import io.github.gracefulboot.test.Fleet;
import io.github.gracefulboot.test.RestartResult;
import io.github.gracefulboot.test.Signal;
import io.github.gracefulboot.test.Times;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Command;
import io.github.gracefulboot.test.process.FreePorts;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One instance, no balancer: each process takes the port over from the one before.
 */
class HandOverTests {

	private static final int REPLACEMENTS = Integer.getInteger("graceful.system-tests.replacements", 20);

	private static final int FEW = 5;

	private static final int MANY = 50;

	private static final int NOBODY = 65534;

	private static final Path DIRECTORY = TestDirectory.create("hand-over");

	/**
	 * A path that is short enough for a socket.
	 */
	@TempDir
	private Path directory;

	private Path socket;

	@BeforeEach
	void setSocket() {
		this.socket = this.directory.resolve("handover.sock");
	}

	/**
	 * Under systemd and PM2 the same is part of every build.
	 */
	@Tag("full")
	@OnServers({ SampleJar.GRACEFUL, SampleJar.JETTY, SampleJar.NETTY })
	void whenReplacedUnderLoadThenNothingIsLostAndNobodyWaitsForAStart(SampleJar jar) {
		try (Fleet fleet = App.fleet(jar, "hand-over-" + jar).handOver().start()) {
			System.out.printf("HAND-OVER %s, without: longest wait %d ms%n", jar,
					Mix.longestWait(fleet.instance(0).getPort()).toMillis());
			RestartResult result = Mix.MIXED.to(fleet).during(() -> fleet.replace(Times.times(REPLACEMENTS)));
			System.out.printf("HAND-OVER %s: %s", jar, result);
			assertThat(result).lostNothing();
			assertThat(result.stops()).hasSize(REPLACEMENTS)
				.allSatisfy((stop) -> assertThat(stop).isClean().hasExitCode(0));
			assertThat(fleet.instance(0).stop(Signal.SIGTERM)).isClean();
		}
	}

	/**
	 * Whatever becomes of the one that comes, the one that serves keeps serving.
	 */
	@Test
	void whenTheNextDoesNotGetReadyThenTheRunningOneServesOn() {
		App app = app(SampleJar.GRACEFUL);
		try (AppProcess running = app.startReady(); LoadClient load = Mix.startMixed(app.port())) {

			try (AppProcess next = app
				.withArgs("--spring.datasource.url=jdbc:h2:tcp://127.0.0.1:1/none", "--graceful.startup.timeout=2s")
				.start()) {
				assertThat(next.awaitExit(System.nanoTime()).code()).as("fails its checks").isEqualTo(1);
				running.awaitLog("Process %d ended before it was ready".formatted(next.pid()));
			}
			try (AppProcess next = app(SampleJar.GRACEFUL).start()) {
				assertThat(next.awaitExit(System.nanoTime()).code()).as("has another port").isEqualTo(1);
				assertThat(next.log()).contains("listens on *:%d and this one is".formatted(app.port()),
						"A hand-over keeps the address: set server.port");
			}
			try (AppProcess next = app.withArgs("--sample.startup-delay=2m").start()) {
				running.awaitLog("Process %d is about to take the port over".formatted(next.pid()));
				try (AppProcess second = app.start()) {
					assertThat(second.awaitExit(System.nanoTime()).code()).as("a second one").isEqualTo(1);
					running.awaitLog("refuses: process %d is about to take the port over".formatted(next.pid()));
				}
				next.stop("KILL");
				running.awaitLog("Process %d ended before it was ready".formatted(next.pid()));
			}
			try (AppProcess next = app.withArgs("--sample.startup-delay=2m", "--graceful.startup.timeout=4s").start()) {
				assertThat(next.awaitExit(System.nanoTime()).code()).as("hangs").isEqualTo(1);
				running.awaitLog("Process %d did not take the port over".formatted(next.pid()));
			}
			LoadReport report = load.stopAfter(Mix.STEADY_REQUESTS);
			System.out.printf("HAND-OVER that does not come about: %d of %d requests failed%n", report.failed(),
					report.total());
			assertThat(report.failed()).as(report::describeFailures).isZero();
			assertThat(running.stop("TERM").code()).isZero();
		}
	}

	/**
	 * Work that began in the old process ends there, while the new one serves.
	 */
	@OnServers({ SampleJar.GRACEFUL, SampleJar.JETTY })
	void whenWorkIsInHandThenItIsCompleteAndStreamsOfHttp2GoOn(SampleJar jar) throws Exception {
		App app = app(jar).withArgs("--server.http2.enabled=true");
		try (AppProcess running = app.startReady();
				Upload upload = Upload.begin(running);
				Http2LoadProcess load = Http2LoadProcess
					.start("http://127.0.0.1:%d%s".formatted(app.port(), Mix.path()), DIRECTORY)) {
			WebSocketClient client = WebSocketClient.work(running, "8000");
			try (AppProcess next = app.start()) {
				running.awaitLog("(hand-over to process %d)".formatted(next.pid()));
				assertThat(upload.finish()).startsWith("HTTP/1.1 200").endsWith(Upload.DIGEST);
				assertThat(running.awaitExit(System.nanoTime()).code()).isZero();
				assertThat(client.closed().get(10, TimeUnit.SECONDS)).isEqualTo(WebSocketClient.GOING_AWAY);
				assertThat(client.messages()).containsExactly("done");
				Http2Report report = load.stop();
				System.out.printf("HAND-OVER %s over HTTP/2: %d of %d requests failed%n", jar, report.failed(),
						report.total());
				assertThat(report.failed()).as(String.join("\n", report.failures())).isZero();
			}
		}
	}

	@Test
	void whenThereIsTlsAndAManagementPortThenBothPortsAreTakenOver() throws Exception {
		int management = FreePorts.next();
		Path keyStore = keyStore();
		SSLSocketFactory sockets = trusting(keyStore);
		App app = app(SampleJar.GRACEFUL).withArgs("--management.server.port=" + management,
				"--management.server.ssl.enabled=false", "--server.ssl.key-store=file:" + keyStore,
				"--server.ssl.key-store-password=secret", "--graceful.startup.warm-up.paths=/fast");
		try (AppProcess running = app.start()) {
			running.awaitStarted("readiness", () -> Readiness.of(management) == Readiness.READY);
			String served = "This process serves port %d from now on, after process %d".formatted(app.port(),
					running.pid());
			try (AppProcess next = app.start()) {
				Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
					assertThat(Readiness.of(management)).isEqualTo(Readiness.READY);
					assertThat(statusOverTls(sockets, app.port())).isEqualTo("HTTP/1.1 200 ");
					return next.log().contains(served);
				});
				assertThat(running.awaitExit(System.nanoTime()).code()).isZero();
				assertThat(next.log())
					.contains("Port %d is taken over from process %d".formatted(management, running.pid()))
					.doesNotContain("accepting traffic without it");
				assertThat(statusOverTls(sockets, app.port())).isEqualTo("HTTP/1.1 200 ");
				assertThat(Readiness.of(management)).isEqualTo(Readiness.READY);
				assertThat(next.stop("TERM").code()).isZero();
			}
		}
	}

	private Path keyStore() {
		Path keyStore = this.directory.resolve("keys.p12");
		Command.succeed(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair",
				"-alias", "shop", "-keyalg", "EC", "-dname", "CN=shop", "-storepass", "secret", "-keystore",
				keyStore.toString()));
		return keyStore;
	}

	private static SSLSocketFactory trusting(Path keyStore) throws IOException, GeneralSecurityException {
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		trusted.setCertificateEntry("shop",
				KeyStore.getInstance(keyStore.toFile(), "secret".toCharArray()).getCertificate("shop"));
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(trusted);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		return context.getSocketFactory();
	}

	private static String statusOverTls(SSLSocketFactory sockets, int port) throws IOException {
		try (Socket socket = sockets.createSocket(InetAddress.getLoopbackAddress(), port)) {
			socket.getOutputStream()
				.write("GET /fast HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).lines()
				.findFirst()
				.orElse("");
		}
	}

	/**
	 * Nobody reads or writes what belongs to another user.
	 */
	@Test
	void whenAnotherUserComesThenItGetsNothingAndDisturbsNothing() throws IOException {
		App app = app(SampleJar.GRACEFUL);
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		try (AppProcess running = app.startReady(); AppProcess other = app.startBy(OtherUser.of(NOBODY, "true"))) {
			assertThat(other.awaitExit(System.nanoTime()).code()).isEqualTo(1);
			running.awaitLog("graceful.handover.path=%s cannot be used".formatted(this.socket));
			assertThat(Files.getPosixFilePermissions(this.socket))
				.isEqualTo(PosixFilePermissions.fromString("rw-------"));
			assertThat(app.readiness()).isEqualTo(Readiness.READY);
			assertThat(running.stop("TERM").code()).isZero();
		}
	}

	@Test
	void whenTheScriptReplacesTheSampleThenItTellsWhichProcessServes() throws IOException {
		App app = app(SampleJar.GRACEFUL);
		Command first = replace(app);
		assertThat(first.exitCode()).as(first.output()).isZero();
		long serving = readyProcess();
		assertThat(first.output()).isEqualTo("process %d serves".formatted(serving));
		Command second = replace(app);
		long next = readyProcess();
		try {
			assertThat(second.output()).isEqualTo("process %d serves".formatted(next));
			Awaitility.await().until(() -> ProcessHandle.of(serving).isEmpty());
			Command failing = replace(app, "--server.address=127.0.0.2");
			assertThat(failing.exitCode()).isEqualTo(1);
			assertThat(failing.output()).contains("did not get ready");
			assertThat(readyProcess()).isEqualTo(next);
			assertThat(app.readiness()).isEqualTo(Readiness.READY);
		}
		finally {
			ProcessHandle.of(next).ifPresent(ProcessHandle::destroy);
		}
		Awaitility.await().until(() -> ProcessHandle.of(next).isEmpty());
		assertThat(this.directory.resolve("sample-app.log")).content()
			.contains("Shutdown completed in", "(SIGTERM;")
			.doesNotContain("SIGINT is ignored");
	}

	private Command replace(App app, String... more) {
		List<String> line = new ArrayList<>(List.of("env", "JAVA=" + App.java(), "RUN_DIRECTORY=" + this.directory,
				"JDK_JAVA_OPTIONS=" + app.jvmOptionsLine(), DeployFile.path("handover/replace.sh").toString(),
				app.jar().toString(), "--server.port=" + app.port()));
		line.addAll(List.of(more));
		return Command.run(line);
	}

	private long readyProcess() throws IOException {
		return Long.parseLong(Files.readString(this.directory.resolve("ready")).strip());
	}

	@Tag("full")
	@OnServers({ SampleJar.GRACEFUL, SampleJar.JETTY, SampleJar.NETTY })
	void whenReplacedManyTimesThenNothingIsLeftBehind(SampleJar jar) throws IOException {
		App app = app(jar);
		AppProcess running = app.startReady();
		String few = "";
		for (int i = 1; i <= MANY; i++) {
			AppProcess next = app.start();
			assertThat(running.awaitExit(System.nanoTime()).code()).isZero();
			running.close();
			running = next;
			running.awaitReady();
			if (i == FEW) {
				few = inventory(running);
			}
		}
		String many = inventory(running);
		assertThat(running.stop("TERM").code()).isZero();
		running.close();
		System.out.printf("HAND-OVER %s: after %d replacements %s, after %d %s%n", jar, FEW, few, MANY, many);
		assertThat(many).isEqualTo(few);
	}

	private String inventory(AppProcess process) throws IOException {
		Path proc = Path.of("/proc", String.valueOf(process.pid()));
		return "%d descriptors, %d threads, %d files".formatted(count(proc.resolve("fd")), count(proc.resolve("task")),
				count(this.directory));
	}

	private static long count(Path directory) throws IOException {
		try (Stream<Path> entries = Files.list(directory)) {
			return entries.count();
		}
	}

	/**
	 * What the killed one had in hand is lost; nobody else notices.
	 */
	@Test
	void whenTheRunningOneIsKilledMeanwhileThenTheNextServes() {
		App app = app(SampleJar.GRACEFUL);
		try (AppProcess running = app.startReady();
				AppProcess next = app.withArgs("--sample.startup-delay=5s").start()) {
			running.awaitLog("Process %d is about to take the port over".formatted(next.pid()));
			running.stop("KILL");
			next.awaitReady();
			try (AppProcess last = app.start()) {
				next.awaitExit(System.nanoTime());
				assertThat(last.stop("TERM").code()).isZero();
			}
			assertThat(this.socket).doesNotExist();
		}
	}

	private App app(SampleJar jar) {
		return App.of(jar, DIRECTORY, "--graceful.handover.path=" + this.socket);
	}

}
